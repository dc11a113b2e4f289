"""The small server's baskets set aside: the same words as comptoir/apps/till/services/park_basket.py, in a dictionary."""


class ParkedBaskets:
    def __init__(self) -> None:
        self.rows: dict[str, dict] = {}

    def park(self, asked: dict, *, register: str) -> dict:
        known = self.rows.get(asked["id"])
        if known and (
            known["register"] != register or (known["taken"] or {"register": register})["register"] != register
        ):
            return {"id": asked["id"], "status": "taken", "by": known["taken"]}
        if known and known["at"] == asked["at"]:
            return {"id": asked["id"], "status": "duplicate"}
        self.rows[asked["id"]] = {**asked, "register": register, "taken": None, "request": None}
        return {"id": asked["id"], "status": "stored"}

    def waiting(self, register: str) -> list[dict]:
        told = [
            row
            for row in self.rows.values()
            if row["taken"] is None or (row["register"] == register != row["taken"]["register"])
        ]
        return [{key: value for key, value in row.items() if key not in ("basket", "request")} for row in told]

    def take(self, basket: str, asked: dict, *, register: str) -> dict | None:
        row = self.rows[basket]
        if row["taken"] is None:
            row |= {"taken": {"register": register, "operator": asked["operator"]}, "request": asked["request"]}
        elif row["request"] != asked["request"]:
            return None
        return {"id": basket, "from": row["register"], "operator": row["operator"], "basket": row["basket"]}

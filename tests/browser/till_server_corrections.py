"""What the small server answers about tickets and credit notes: read from the records it received, nothing kept beside them."""

from urllib.parse import parse_qs, unquote, urlsplit


def answer(tickets: list[dict], records: dict[str, dict], path: str) -> dict | None:
    """The answer to a GET below the till's API, or None when there is no such thing."""
    parts = urlsplit(path)
    names = [unquote(name) for name in parts.path.split("/")]
    if names[0] == "credit-notes":
        return _credit_note(tickets, names[1])
    if len(names) == 1:
        asked = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if "articles" in asked:
            return {"tickets": [_row(body) for body in reversed(tickets) if _holds(body, asked)]}
        return {"tickets": [_row(body) for body in reversed(tickets) if asked.get("text", "") in _number(body)]}
    return _ticket(tickets, records, names[1], int(names[2]))


def _holds(body: dict, asked: dict) -> bool:
    """A sale that holds one of these articles, or a line with every word; of this amount when one is given."""
    ids, words, amount = asked["articles"].split(","), asked["text"].lower().split(), asked.get("amount", "")
    lines = body["basket"]["lines"]
    held = any(line["article"] in ids for line in lines) or (
        words != [] and any(all(word in line["label"].lower() for word in words) for line in lines)
    )
    return body["operation"] == "sale" and held and (not amount or body["priced"]["gross_minor"] == int(amount))


def _number(body: dict) -> str:
    return f"{body['chain'].rsplit('-', 1)[0]}-{body['seq']}"


def _row(body: dict) -> dict:
    payments = ", ".join(row["type"] for row in body["settled"]["payments"])
    return {
        "chain": body["chain"], "seq": body["seq"], "at": body["at"], "operator": body["operator"]["name"],
        "operation": body["operation"], "total_minor": body["priced"]["gross_minor"], "payments": payments,
    }  # fmt: skip


def _ticket(tickets: list[dict], records: dict[str, dict], chain: str, seq: int) -> dict | None:
    body = next((body for body in tickets if (body["chain"], body["seq"]) == (chain, seq)), None)
    if body is None:
        return None
    after = [other for other in tickets if (other["origin"] or {}).get("id") == body["id"]]
    back: dict[str, int] = {}
    for line in (line for other in after for line in other["basket"]["lines"]):
        back[line["origin_line"]] = back.get(line["origin_line"], 0) - line["quantity_milli"]
    paid: dict[tuple, int] = {}
    corrections = [other for other in after if other["operation"] == "correction"]
    for row in (row for other in [body, *corrections] for row in other["settled"]["payments"]):
        key = (row["type"], row["reference"])
        paid[key] = paid.get(key, 0) + row["amount_minor"]
    return {
        "ticket": {key: records[body["id"]][key] for key in ("id", "chain", "seq", "type", "body", "to_sign", "signature")},
        "returned": [{"line": line, "quantity_milli": milli} for line, milli in back.items()],
        "cancelled": any(other["operation"] == "cancel" for other in after),
        "payments": [{"type": kind, "amount_minor": minor, "reference": ref} for (kind, ref), minor in paid.items() if minor],
        "duplicates": 0,
    }  # fmt: skip


def _credit_note(tickets: list[dict], reference: str) -> dict | None:
    named = [
        (body, row["amount_minor"])
        for body in tickets
        for row in body["settled"]["payments"]
        if row["reference"] == reference
    ]
    moves = [minor for _body, minor in named]
    until = next((body.get("credit_valid_until") for body, minor in named if minor < 0), None)
    issued = -sum(minor for minor in moves if minor < 0)
    if not issued:
        return None
    return {
        "reference": reference,
        "issued_minor": issued,
        "balance_minor": -sum(moves),
        "at": "",
        "valid_until": until,
    }

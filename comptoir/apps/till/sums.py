"""The sums of a Z, made again by the database over the stored rows, and compared with what the register sealed."""

from typing import Any

from django.db import connection

from comptoir.apps.fiscal.queries import enrolment_of
from comptoir.apps.fiscal.sealed import Sealed
from comptoir.engine.closing import differences as counted_differences
from comptoir.engine.recheck import compare
from comptoir.engine.report import make_report

Rows = list[tuple[Any, ...]]
_TICKETS = "FROM till_ticket t WHERE t.chain = %s AND t.seq BETWEEN %s AND %s"
_JOINED = "FROM {table} x JOIN till_ticket t ON t.id = x.ticket_id WHERE t.chain = %s AND t.seq BETWEEN %s AND %s"


def disagreements(sealed: Sealed) -> list[dict[str, Any]]:
    """What a complete Z says otherwise than the rows: `[{"path", "sealed", "computed"}]`, empty when they agree."""
    body = sealed.body
    ranges = {one["chain"].rsplit("-", 1)[1]: (one["chain"], one["first"], one["last"]) for one in body["ranges"]}
    computed = sums_of(ranges)
    said = {key: _comparable(key, body["state"].get(key)) for key in computed}
    found = compare("state", said, computed)
    shown = make_report(body["state"], "z")
    found += compare("report", body["report"], shown)
    found += compare("differences", body["differences"], counted_differences(shown, body["counted"]))
    found += compare("total_minor", body["total_minor"], computed["gross_minor"])
    return found + _perpetual(body, ranges.get("ticket"))


def sums_of(ranges: dict[str, tuple[str, int, int]]) -> dict[str, Any]:
    """The parts of a folded state (engine/totals.py) that rows can give, for ranges by record type."""
    tickets = ranges.get("ticket", ("", 0, 0))
    return {
        **_ticket_sums(tickets),
        "vat": _dicts(("vat_e4", "base_minor", "vat_minor", "gross_minor"), _vat(tickets)),
        "tenders": _dicts(("code", "count", "amount_minor", "tendered_minor", "change_minor"), _tenders(tickets)),
        "operators": _dicts(("id", "count", "amount_minor"), _operators(tickets)),
        "families": _dicts(("code", "count", "amount_minor", "net_minor"), _families(tickets)),
        "discounts": _discounts(tickets),
        "deposits": _deposits(tickets),
        **_corrections(tickets),
        "cash": _dicts(("kind", "reason", "label", "count", "amount_minor"), _cash(ranges.get("cash", ("", 0, 0)))),
        "events": _dicts(("code", "count"), _events(ranges.get("event", ("", 0, 0)))),
    }


def _comparable(key: str, value: Any) -> Any:
    """A part of a sealed state without the labels that rows do not carry."""
    if key == "tickets":
        return {name: value[name] for name in ("count", "first_seq", "last_seq")}
    if key in ("tenders", "operators"):
        return [{name: row[name] for name in row if name not in ("label", "kind", "name")} for row in value]
    return value


def _ask(sql: str, parameters: tuple[Any, ...]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [tuple(_whole(value) for value in row) for row in cursor.fetchall()]


def _whole(value: Any) -> Any:
    """PostgreSQL sums big integers as numeric, which arrives as Decimal."""
    return value if value is None or isinstance(value, (str, int)) else int(value)


def _dicts(names: tuple[str, ...], rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _ticket_sums(tickets: tuple[str, int, int]) -> dict[str, Any]:
    columns = ("gross_minor", "net_minor", "vat_minor", "rounding_minor", "articles")
    total = ", ".join(f"COALESCE(SUM(t.{column}), 0)" for column in (*columns, "deleted_lines", "deleted_minor"))
    row = _ask(f"SELECT COUNT(*), COALESCE(MIN(t.seq), 0), COALESCE(MAX(t.seq), 0), {total} {_TICKETS}", tickets)[0]  # noqa: S608
    by_operation = {
        name: {"count": count, "amount_minor": amount}
        for name, count, amount in _ask(
            f"SELECT t.operation, COUNT(*), SUM(t.gross_minor) {_TICKETS} GROUP BY t.operation",  # noqa: S608
            tickets,
        )
    }
    nothing = {"count": 0, "amount_minor": 0}
    return {
        "tickets": {"count": row[0], "first_seq": row[1], "last_seq": row[2]},
        **dict(zip(columns, row[3:8], strict=True)),
        "deleted": {"count": row[8], "amount_minor": row[9]},
        **{name: by_operation.get(name, nothing) for name in ("sale", "refund", "cancel", "correction")},
    }


def _vat(tickets: tuple[str, int, int]) -> Rows:
    rows = _ask(
        "SELECT x.vat_e4, SUM(x.base_minor), SUM(x.vat_minor), SUM(x.gross_minor) "
        + _JOINED.format(table="till_ticketvat")
        + " GROUP BY x.vat_e4",
        tickets,
    )
    return sorted(rows, key=lambda row: 1 if row[0] is None else -1 - row[0])


def _tenders(tickets: tuple[str, int, int]) -> Rows:
    return sorted(
        _ask(
            "SELECT x.tender, COUNT(*), SUM(x.amount_minor), SUM(x.tendered_minor), SUM(x.change_minor) "
            + _JOINED.format(table="till_ticketpayment")
            + " GROUP BY x.tender",
            tickets,
        )
    )


def _operators(tickets: tuple[str, int, int]) -> Rows:
    return sorted(
        _ask(f"SELECT t.operator_id, COUNT(*), SUM(t.gross_minor) {_TICKETS} GROUP BY t.operator_id", tickets)  # noqa: S608
    )


def _families(tickets: tuple[str, int, int]) -> Rows:
    rows = _ask(
        "SELECT x.family, COUNT(*), SUM(x.gross_minor), SUM(x.net_minor) "
        + _JOINED.format(table="till_ticketline")
        + " AND x.kind <> 'charge' GROUP BY x.family",
        tickets,
    )
    return sorted(rows, key=lambda row: row[0] or "")


def _discounts(tickets: tuple[str, int, int]) -> dict[str, int]:
    count, amount = _ask(
        "SELECT COUNT(*), COALESCE(SUM(x.discount_minor), 0) "
        + _JOINED.format(table="till_ticketline")
        + " AND x.discount_minor <> 0",
        tickets,
    )[0]
    return {"count": count, "amount_minor": amount}


def _deposits(tickets: tuple[str, int, int]) -> dict[str, dict[str, int]] | None:
    """Containers sold and taken back; None when no line is one, as the sealed state then has no such part."""
    counted, sold, sold_minor, returned, returned_minor = _ask(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN x.quantity_milli >= 0 THEN x.quantity_milli ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN x.quantity_milli >= 0 THEN x.gross_minor ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN x.quantity_milli < 0 THEN x.quantity_milli ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN x.quantity_milli < 0 THEN x.gross_minor ELSE 0 END), 0) "
        + _JOINED.format(table="till_ticketline")
        + " AND x.kind = 'deposit'",
        tickets,
    )[0]
    if not counted:
        return None
    return {
        "sold": {"quantity_milli": sold, "amount_minor": sold_minor},
        "returned": {"quantity_milli": returned, "amount_minor": returned_minor},
    }


def _corrections(tickets: tuple[str, int, int]) -> dict[str, dict[str, int] | None]:
    """Counters that only some days have (engine/totals.py): None where the sealed state has no such part."""
    parts = {  # counted by ticket or by payment, and which payments
        "exchanges": ("t.seq", "x.kind = 'exchange' AND t.operation = 'sale' AND t.exchange IS NOT NULL AND x.amount_minor > 0"),
        "credit_issued": ("x.id", "x.kind = 'credit_note' AND x.amount_minor < 0"),
        "credit_spent": ("x.id", "x.kind = 'credit_note' AND x.amount_minor >= 0"),
        "corrected": ("t.seq", "t.operation = 'correction' AND x.amount_minor > 0"),
    }  # fmt: skip
    columns = ", ".join(
        f"COUNT(DISTINCT CASE WHEN {which} THEN {place} END),"
        f" COALESCE(SUM(CASE WHEN {which} THEN ABS(x.amount_minor) ELSE 0 END), 0)"
        for place, which in parts.values()
    )
    row = _ask(
        f"SELECT {columns} "
        + _JOINED.format(table="till_ticketpayment")
        + " AND (x.kind IN ('credit_note', 'exchange') OR t.operation = 'correction')",
        tickets,
    )[0]
    found = zip(parts, row[::2], row[1::2], strict=True)
    return {name: {"count": count, "amount_minor": amount} if count else None for name, count, amount in found}


def _cash(records: tuple[str, int, int]) -> Rows:
    rows = _ask(
        "SELECT kind, reason, label, COUNT(*), SUM(amount_minor) FROM treasury_cashentry"
        " WHERE chain = %s AND seq BETWEEN %s AND %s AND kind <> 'count' GROUP BY kind, reason, label",
        records,
    )
    return sorted(rows, key=lambda row: (row[0], row[1] or "", row[2] or ""))


def _events(records: tuple[str, int, int]) -> Rows:
    return sorted(
        _ask(
            "SELECT e.code, COUNT(*) FROM fiscal_record r JOIN fiscal_event e ON e.id = r.id"
            " WHERE r.chain = %s AND r.seq BETWEEN %s AND %s GROUP BY e.code",
            records,
        )
    )


def _perpetual(body: dict[str, Any], tickets: tuple[str, int, int] | None) -> list[dict[str, Any]]:
    """Both perpetual totals of a Z, followed from the ticket before its range."""
    if tickets is None:
        return []
    chain, first, last = tickets
    algebraic, absolute = perpetual_before(chain, seq=first)
    gross, size = _ask(
        f"SELECT COALESCE(SUM(t.gross_minor), 0), COALESCE(SUM(ABS(t.gross_minor)), 0) {_TICKETS}",  # noqa: S608
        (chain, first, last),
    )[0]
    said = {key: body[f"perpetual_{key}_minor"] for key in ("algebraic", "absolute")}
    return compare("perpetual", said, {"algebraic": algebraic + gross, "absolute": absolute + size})


def perpetual_before(chain: str, *, seq: int) -> tuple[int, int]:
    """The perpetual totals that a ticket must continue: the ticket before, or what its enrolment started from."""
    if seq > 1:
        rows = _ask(
            "SELECT perpetual_algebraic_minor, perpetual_absolute_minor FROM till_ticket WHERE chain = %s AND seq = %s",
            (chain, seq - 1),
        )
        return rows[0] if rows else (0, 0)  # type: ignore[return-value]
    return enrolment_start(chain)


def enrolment_start(chain: str) -> tuple[int, int]:
    """The perpetual totals that the server gave when the register enrolled, as the enrolment seals them."""
    register, generation, _ = chain.split("-")
    sealed = enrolment_of(register, generation=int(generation))
    start = sealed.body["enrolled"].get("perpetual", {}) if sealed else {}
    return start.get("algebraic_minor", 0), start.get("absolute_minor", 0)

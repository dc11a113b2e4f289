"""The sums of a Z, made again by the database over the stored rows, and compared with what the register sealed."""

from typing import Any

from django.db import connection

from comptoir.apps.fiscal.queries import enrolment_of
from comptoir.apps.fiscal.sealed import Sealed
from comptoir.engine.closing import differences as counted_differences
from comptoir.engine.recheck import compare
from comptoir.engine.report import make_report

Rows = list[tuple[Any, ...]]
Range = tuple[str, int, int]  # chain, first and last number
NO_RANGE: Range = ("", 0, 0)
_TICKETS = "FROM till_ticket t WHERE t.chain = %s AND t.seq BETWEEN %s AND %s"
_JOINED = "FROM {table} x JOIN till_ticket t ON t.id = x.ticket_id WHERE t.chain = %s AND t.seq BETWEEN %s AND %s"


def disagreements(sealed: Sealed) -> list[dict[str, Any]]:
    """What a complete Z says otherwise than the rows: `[{"path", "sealed", "computed"}]`, empty when they agree."""
    body = sealed.body
    ranges = {one["chain"].rsplit("-", 1)[1]: (one["chain"], one["first"], one["last"]) for one in body["ranges"]}
    tickets = _Tickets(ranges.get("ticket", NO_RANGE))
    computed = _sums(ranges, tickets)
    said = {key: _comparable(key, body["state"].get(key)) for key in computed}
    found = compare("state", said, computed)
    shown = make_report(body["state"], "z")
    found += compare("report", body["report"], shown)
    found += compare("differences", body["differences"], counted_differences(shown, body["counted"]))
    found += compare("total_minor", body["total_minor"], computed["gross_minor"])
    for name in ("first_seq", "last_seq"):
        found += compare(name, body[name], computed["tickets"][name])
    span = ranges.get("ticket")
    return found + (_continuity(sealed, span) + _perpetual(body, span, tickets) if span else [])


def _sums(ranges: dict[str, Range], tickets: "_Tickets") -> dict[str, Any]:
    """The parts of a folded state (engine/totals.py) that rows can give, for ranges by record type."""
    span = ranges.get("ticket", NO_RANGE)
    return {
        **tickets.parts(),
        "vat": _dicts(("vat_e4", "base_minor", "vat_minor", "gross_minor"), _vat(span)),
        **_line_parts(span),
        **_payment_parts(span, tickets),
        "cash": _dicts(("kind", "reason", "label", "count", "amount_minor"), _cash(ranges.get("cash", NO_RANGE))),
        "events": _dicts(("code", "count"), _events(ranges.get("event", NO_RANGE))),
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


class _Tickets:
    """Everything that is summed of the tickets themselves, in one pass: rows by operation and operator."""

    NAMES = ("operation", "operator", "count", "first_seq", "last_seq", "gross_minor", "net_minor", "vat_minor",
             "rounding_minor", "articles", "deleted_lines", "deleted_minor", "size_minor")  # fmt: skip

    def __init__(self, tickets: Range) -> None:
        self.rows = _dicts(
            self.NAMES,
            _ask(
                "SELECT t.operation, t.operator_id, COUNT(*), MIN(t.seq), MAX(t.seq), SUM(t.gross_minor), SUM(t.net_minor),"
                " SUM(t.vat_minor), SUM(t.rounding_minor), SUM(t.articles), SUM(t.deleted_lines), SUM(t.deleted_minor),"
                f" SUM(ABS(t.gross_minor)) {_TICKETS} GROUP BY t.operation, t.operator_id",  # noqa: S608
                tickets,
            ),
        )

    def sum(self, name: str) -> int:
        return sum(row[name] for row in self.rows)

    def parts(self) -> dict[str, Any]:
        """The parts of a state that tickets give."""
        first = min((row["first_seq"] for row in self.rows), default=0)
        last = max((row["last_seq"] for row in self.rows), default=0)
        return {
            "tickets": {"count": self.sum("count"), "first_seq": first, "last_seq": last},
            **{
                name: self.sum(name) for name in ("gross_minor", "net_minor", "vat_minor", "rounding_minor", "articles")
            },
            "deleted": {"count": self.sum("deleted_lines"), "amount_minor": self.sum("deleted_minor")},
            **{name: self._counted("operation", name) for name in ("sale", "refund", "cancel", "correction")},
            "operators": [{"id": one} | self._counted("operator", one) for one in self._operators()],
        }

    def has(self, operation: str) -> bool:
        return any(row["operation"] == operation for row in self.rows)

    def _operators(self) -> list[str]:
        return sorted({row["operator"] for row in self.rows})

    def _counted(self, key: str, value: str) -> dict[str, int]:
        rows = [row for row in self.rows if row[key] == value]
        return {"count": sum(row["count"] for row in rows), "amount_minor": sum(row["gross_minor"] for row in rows)}


def _vat(tickets: Range) -> Rows:
    rows = _ask(
        "SELECT x.vat_e4, SUM(x.base_minor), SUM(x.vat_minor), SUM(x.gross_minor) "
        + _JOINED.format(table="till_ticketvat")
        + " GROUP BY x.vat_e4",
        tickets,
    )
    return sorted(rows, key=lambda row: 1 if row[0] is None else -1 - row[0])


def _line_parts(tickets: Range) -> dict[str, Any]:
    """Families, discounts and containers, in one pass over the lines when they are articles and nothing else."""
    rows = _ask(
        "SELECT x.family, MIN(x.kind), COUNT(*), SUM(x.gross_minor), SUM(x.net_minor),"
        " COUNT(NULLIF(x.discount_minor, 0)), SUM(x.discount_minor) "
        + _JOINED.format(table="till_ticketline")
        + " GROUP BY x.family",
        tickets,
    )
    families = {family: list(sums) for family, _, *sums, _, _ in rows}
    apart = _lines_apart(tickets) if any(kind not in ARTICLES for _, kind, *_ in rows) else []
    deposits = {True: [0, 0], False: [0, 0]}
    for family, kind, out, count, gross, net, quantity in apart:
        if kind == "deposit":
            deposits[bool(out)] = [deposits[bool(out)][0] + quantity, deposits[bool(out)][1] + gross]
        else:
            families[family] = [a - b for a, b in zip(families[family], (count, gross, net), strict=True)]
    return {
        "families": [
            {"code": family, "count": sums[0], "amount_minor": sums[1], "net_minor": sums[2]}
            for family, sums in sorted(families.items(), key=lambda item: item[0] or "")
            if sums[0]
        ],
        "discounts": {"count": sum(row[5] for row in rows), "amount_minor": sum(row[6] for row in rows)},
        "deposits": _deposits(deposits) if any(row[1] == "deposit" for row in apart) else None,
    }


ARTICLES = ("goods", "service", "stored_value", "weighed")  # every other kind of line sorts before these


def _lines_apart(tickets: Range) -> Rows:
    """Containers, out and back, and charges, which are of no family. A database that groups by sorting is spared three
    keys on every line of the day for the sake of these few."""
    return _ask(
        "SELECT x.family, x.kind, x.quantity_milli >= 0, COUNT(*), SUM(x.gross_minor), SUM(x.net_minor),"
        " SUM(x.quantity_milli) "
        + _JOINED.format(table="till_ticketline")
        + " AND x.kind IN ('charge', 'deposit') GROUP BY x.family, x.kind, x.quantity_milli >= 0",
        tickets,
    )


def _deposits(sums: dict[bool, list[int]]) -> dict[str, dict[str, int]]:
    """Containers sold and taken back; the sealed state has no such part when no line is one."""
    names = ("quantity_milli", "amount_minor")
    return {key: dict(zip(names, sums[out], strict=True)) for key, out in (("sold", True), ("returned", False))}


def _payment_parts(span: Range, tickets: "_Tickets") -> dict[str, Any]:
    """Tenders, in one pass over the payments, and the counters that only some days have."""
    rows = _ask(
        "SELECT x.tender, MIN(x.kind), MAX(x.kind), COUNT(*), SUM(x.amount_minor), SUM(x.tendered_minor),"
        " SUM(x.change_minor) " + _JOINED.format(table="till_ticketpayment") + " GROUP BY x.tender",
        span,
    )
    names = ("code", "count", "amount_minor", "tendered_minor", "change_minor")
    seldom = any(low != high or low in ("credit_note", "exchange") for _, low, high, *_ in rows)
    return {
        "tenders": _dicts(names, sorted((tender, *sums) for tender, _, _, *sums in rows)),
        **(_corrections(span) if seldom or tickets.has("correction") else dict.fromkeys(CORRECTIONS)),
    }


CORRECTIONS = {  # counted by ticket or by payment, and which payments
    "exchanges": ("t.seq", "x.kind = 'exchange' AND t.operation = 'sale' AND t.exchange IS NOT NULL AND x.amount_minor > 0"),
    "credit_issued": ("x.id", "x.kind = 'credit_note' AND x.amount_minor < 0"),
    "credit_spent": ("x.id", "x.kind = 'credit_note' AND x.amount_minor >= 0"),
    "corrected": ("t.seq", "t.operation = 'correction' AND x.amount_minor > 0"),
}  # fmt: skip


def _corrections(tickets: Range) -> dict[str, dict[str, int] | None]:
    """Counters that only some days have (engine/totals.py): None where the sealed state has no such part."""
    columns = ", ".join(
        f"COUNT(DISTINCT CASE WHEN {which} THEN {place} END),"
        f" COALESCE(SUM(CASE WHEN {which} THEN ABS(x.amount_minor) ELSE 0 END), 0)"
        for place, which in CORRECTIONS.values()
    )
    row = _ask(
        f"SELECT {columns} "
        + _JOINED.format(table="till_ticketpayment")
        + " AND (x.kind IN ('credit_note', 'exchange') OR t.operation = 'correction')",
        tickets,
    )[0]
    found = zip(CORRECTIONS, row[::2], row[1::2], strict=True)
    return {name: {"count": count, "amount_minor": amount} if count else None for name, count, amount in found}


def _cash(records: Range) -> Rows:
    rows = _ask(
        "SELECT kind, reason, label, COUNT(*), SUM(amount_minor) FROM treasury_cashentry"
        " WHERE chain = %s AND seq BETWEEN %s AND %s AND kind <> 'count' GROUP BY kind, reason, label",
        records,
    )
    return sorted(rows, key=lambda row: (row[0], row[1] or "", row[2] or ""))


def _events(records: Range) -> Rows:
    return sorted(
        _ask(
            "SELECT e.code, COUNT(*) FROM fiscal_record r JOIN fiscal_event e ON e.id = r.id"
            " WHERE r.chain = %s AND r.seq BETWEEN %s AND %s GROUP BY e.code",
            records,
        )
    )


def _continuity(sealed: Sealed, span: Range) -> list[dict[str, Any]]:
    """A Z begins at the ticket after those of the Z before it: none may be in no Z, or in two."""
    rows = _ask(
        "SELECT last_seq FROM treasury_closing WHERE chain = %s AND seq < %s AND last_seq > 0 ORDER BY seq DESC LIMIT 1",
        (sealed.chain.name, sealed.seq),
    )
    return compare("ranges/ticket/first", span[1], (rows[0][0] if rows else 0) + 1)


def _perpetual(body: dict[str, Any], span: Range, tickets: _Tickets) -> list[dict[str, Any]]:
    """Both perpetual totals of a Z, followed from the ticket before its range."""
    algebraic, absolute = perpetual_before(span[0], seq=span[1])
    said = {key: body[f"perpetual_{key}_minor"] for key in ("algebraic", "absolute")}
    computed = {"algebraic": algebraic + tickets.sum("gross_minor"), "absolute": absolute + tickets.sum("size_minor")}
    return compare("perpetual", said, computed)


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

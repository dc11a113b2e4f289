"""A period as the database sums it from the protected rows of the closings below, held against what the engine summed
from their sealed bodies. Its time follows the number of closings, never the number of tickets."""

from typing import Any

from django.db import connection

from comptoir.apps.fiscal.chains import parse_chain
from comptoir.engine.recheck import compare

from .asides import closings_aside
from .uncovered import enrolled_with

Ranges = list[dict[str, Any]]


def month_differences(totals: dict[str, Any], ranges: Ranges) -> list[dict[str, Any]]:
    """What the Z of these ranges give otherwise in `treasury_closing` and its tenders: `[{path, sealed, computed}]`."""
    found: list[dict[str, Any]] = []
    chains: dict[str, Ranges] = {}
    for one in ranges:
        chains.setdefault(one["chain"], []).append(one)
    for name, parts in chains.items():
        found += compare(f"registers/{name}", _said(totals, name), _register_sums(name, parts))
    counted = [
        {"tender": code, "count": count, "expected_minor": expected, "counted_minor": got, "difference_minor": off}
        for code, (count, expected, got, off) in sorted(_tender_sums(ranges).items())
    ]
    return found + compare("counted", totals["counted"], counted)


def year_differences(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What the months of a year give otherwise in `treasury_periodclosing`."""
    period, totals = body["period"], body["totals"]
    names = ("closings", "tickets", "total_minor", "net_minor", "vat_minor", "difference_minor")
    row = _ask(
        "SELECT COALESCE(SUM(closings), 0), COALESCE(SUM(ticket_count), 0), COALESCE(SUM(total_minor), 0),"
        " COALESCE(SUM(net_minor), 0), COALESCE(SUM(vat_minor), 0), COALESCE(SUM(difference_minor), 0)"
        " FROM treasury_periodclosing WHERE kind = 'month' AND first_date >= %s AND last_date <= %s",
        (period["first"], period["last"]),
    )[0]
    said = {key: totals[key] for key in ("closings", "tickets", "net_minor", "vat_minor")}
    said |= {"total_minor": body["total_minor"], "difference_minor": totals["cash"]["difference_minor"]}
    last = _ask(
        "SELECT perpetual_algebraic_minor, perpetual_absolute_minor FROM treasury_periodclosing"
        " WHERE kind = 'month' AND last_date = %s",
        (period["last"],),
    )
    standing = (body["perpetual_algebraic_minor"], body["perpetual_absolute_minor"])
    found = compare("totals", said, dict(zip(names, row, strict=True)))
    return found + compare("perpetual", list(standing), list(last[0]) if last else [])


def _said(totals: dict[str, Any], chain_name: str) -> dict[str, Any]:
    chain = parse_chain(chain_name)
    assert chain is not None, "ranges come from chains that were read"
    names = (
        "closings", "tickets", "gross_minor", "perpetual_algebraic_minor", "perpetual_absolute_minor",
    )  # fmt: skip
    for row in totals["registers"]:
        if (row["register"], row["generation"]) == (chain.register, chain.generation):
            return {**{name: row[name] for name in names}, "continued_minor": row["perpetual_algebraic_minor"]}
    return {}


def _register_sums(name: str, parts: Ranges) -> dict[str, Any]:
    """Sums of the Z of a chain, where its last Z stands, and where the Z before them plus these sums would stand.

    With a Z set aside among them or right before them, the standing cannot be followed by sums: it is taken as it is."""
    count = tickets = gross = 0
    for one in parts:
        row = _ask(
            "SELECT COUNT(*), COALESCE(SUM(ticket_count), 0), COALESCE(SUM(total_minor), 0) FROM treasury_closing"
            " WHERE chain = %s AND seq BETWEEN %s AND %s",
            (name, one["first"], one["last"]),
        )[0]
        count, tickets, gross = count + row[0], tickets + row[1], gross + row[2]
    first, standing = parts[0]["first"], _perpetual_at(name, parts[-1]["last"])
    chain = parse_chain(name)
    assert chain is not None
    holes = closings_aside(chain.register, generation=chain.generation)
    if len(parts) > 1 or first - 1 in holes:
        continued = standing[0]
    elif first > 1:
        continued = _perpetual_at(name, first - 1)[0] + gross
    else:
        continued = enrolled_with(chain.register, generation=chain.generation)["algebraic"] + gross
    return {
        "closings": count, "tickets": tickets, "gross_minor": gross, "perpetual_algebraic_minor": standing[0],
        "perpetual_absolute_minor": standing[1], "continued_minor": continued,
    }  # fmt: skip


def _perpetual_at(chain: str, seq: int) -> tuple[int, int]:
    rows = _ask(
        "SELECT perpetual_algebraic_minor, perpetual_absolute_minor FROM treasury_closing WHERE chain = %s AND seq = %s",
        (chain, seq),
    )
    return rows[0] if rows else (0, 0)


def _tender_sums(ranges: Ranges) -> dict[str, tuple[int, int, int, int]]:
    sums: dict[str, tuple[int, int, int, int]] = {}
    for one in ranges:
        rows = _ask(
            "SELECT t.tender, COUNT(*), SUM(t.expected_minor), SUM(t.counted_minor), SUM(t.difference_minor)"
            " FROM treasury_closingtender t JOIN treasury_closing c ON c.id = t.closing_id"
            " WHERE c.chain = %s AND c.seq BETWEEN %s AND %s GROUP BY t.tender",
            (one["chain"], one["first"], one["last"]),
        )
        for code, *amounts in rows:
            before = sums.get(code, (0, 0, 0, 0))
            sums[code] = tuple(a + b for a, b in zip(before, amounts, strict=True))  # type: ignore[assignment]
    return sums


def _ask(sql: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Rows with whole numbers: PostgreSQL sums big integers as numeric, which arrives as Decimal."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return [tuple(value if isinstance(value, (str, int)) else int(value) for value in row) for row in rows]

"""The rows that follow from a sealed ticket: written at reception, recomputed and compared by `verify`. Pure."""

from typing import Any, NamedTuple
from uuid import UUID

from comptoir.apps.fiscal.sealed import Sealed

Row = tuple[Any, ...]


class TicketRows(NamedTuple):
    """One ticket as rows of TICKETS, LINES, PAYMENTS and VAT."""

    ticket: Row
    lines: list[Row]
    payments: list[Row]
    vat: list[Row]


def ticket_rows(sealed: Sealed) -> TicketRows:
    """The rows of a ticket; raises KeyError, IndexError, TypeError or AttributeError on a body that is not a ticket."""
    body = sealed.body
    priced, settled, operator, origin = body["priced"], body["settled"], body["operator"], body["origin"]
    deleted = body["deleted_lines"]
    lines = _line_rows(sealed.id, body)
    ticket = (
        sealed.id, sealed.chain.name, sealed.seq, sealed.chain.register, sealed.chain.generation, body["session"],
        body["business_date"], body["at"], body["operation"], operator["id"], operator["name"], body["customer"],
        origin and origin["id"], priced["mode"], priced["gross_minor"], priced["net_minor"], priced["vat_minor"],
        priced["discount_minor"], settled["rounding_minor"], settled["change_minor"], priced["articles"], len(lines),
        len(deleted), sum(line["amount_minor"] for line in deleted), body["perpetual_algebraic_minor"],
        body["perpetual_absolute_minor"], body["catalogue"], body.get("reason"), *_approval(body), _uuid(body.get("exchange")),
    )  # fmt: skip
    return TicketRows(ticket, lines, _payment_rows(sealed.id, body), _vat_rows(sealed.id, priced["vat"]))


def _uuid(text: str | None) -> str | None:
    """The same text; raises ValueError for one that is not a UUID, which no column could hold."""
    if text is not None and str(UUID(text)) != text:
        raise ValueError("exchange")
    return text


def _approval(body: dict[str, Any]) -> tuple[str | None, str | None]:
    approved = body.get("approved_by")
    return (approved["id"], approved["name"]) if approved else (None, None)


def duplicate_row(sealed: Sealed) -> Row:
    """A row of DUPLICATES; raises KeyError or TypeError on a body that is not a duplicate."""
    body, chain, operator, origin = sealed.body, sealed.chain, sealed.body["operator"], sealed.body["origin"]
    return (
        sealed.id, chain.name, sealed.seq, chain.register, body["business_date"], body["at"], operator["id"],
        operator["name"], origin["type"], origin["chain"], origin["seq"], body["number"], body.get("reason"),
    )  # fmt: skip


def _line_rows(ticket: str, body: dict[str, Any]) -> list[Row]:
    rows: list[Row] = []
    priced = body["priced"]["lines"]
    for position, line in enumerate(body["basket"]["lines"], start=1):
        amounts = priced[position - 1]
        rows.append((
            ticket, position, line["kind"], line.get("article"), line["label"], line.get("family"),
            line["quantity_milli"], line["unit"], line["unit_price_e4"], line.get("vat_e4"), amounts["list_minor"],
            amounts["line_discount_minor"] + amounts["basket_discount_minor"], amounts["gross_minor"],
            amounts["net_minor"], amounts["vat_minor"], line.get("origin_line"), line.get("disposition"),
            line.get("return_reason"),
        ))  # fmt: skip
    for position, charge in enumerate(body["priced"]["charges"], start=len(rows) + 1):
        rows.append((
            ticket, position, "charge", None, charge["label"], None, 1000, "pce", charge["gross_minor"] * 100,
            charge["vat_e4"], charge["gross_minor"], 0, charge["gross_minor"], charge["net_minor"], charge["vat_minor"],
            None, None, None,
        ))  # fmt: skip
    return rows


def _payment_rows(ticket: str, body: dict[str, Any]) -> list[Row]:
    kinds = {tender["code"]: tender["kind"] for tender in body["settle"]["types"]}
    return [
        (ticket, position, one["type"], kinds[one["type"]], one["amount_minor"], one["tendered_minor"],
         one["change_minor"], one["reference"])
        for position, one in enumerate(body["settled"]["payments"], start=1)
    ]  # fmt: skip


def _vat_rows(ticket: str, rates: list[dict[str, Any]]) -> list[Row]:
    return [
        (ticket, position, rate["vat_e4"], rate["base_minor"], rate["vat_minor"], rate["gross_minor"])
        for position, rate in enumerate(rates, start=1)
    ]

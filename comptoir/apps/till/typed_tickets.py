"""Tickets as compiled classes: what `verify` reads of a body, a million times, and the rows that should follow from it.

The same rows as projection.py gives, said a second time for speed; tests/apps/till/test_typed_tickets.py holds the two
against each other. Never the last word: what does not agree here is looked at again from the plain body. Pure."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from comptoir.apps.fiscal.windows import Typed, TypedHead
from comptoir.apps.treasury.accounts import drawer
from comptoir.apps.treasury.projection import first_transfer_id

_AFTER = dict(zip("0123456789abcde", "123456789abcdef", strict=True))
_WORTH = 100  # a charge's price for one piece, in ten thousandths, is its amount in cents times this


class _Line(msgspec.Struct, gc=False):
    kind: str
    label: str
    quantity_milli: int
    unit: str
    unit_price_e4: int
    article: str | None = None
    family: str | None = None
    vat_e4: int | None = None
    origin_line: str | None = None
    disposition: str | None = None
    return_reason: str | None = None


class _Basket(msgspec.Struct, gc=False):
    lines: list[_Line]


class _PricedLine(msgspec.Struct, gc=False):
    list_minor: int
    line_discount_minor: int
    basket_discount_minor: int
    gross_minor: int
    net_minor: int
    vat_minor: int


class _Charge(msgspec.Struct, gc=False):
    label: str
    vat_e4: int | None
    gross_minor: int
    net_minor: int
    vat_minor: int


class _Vat(msgspec.Struct, gc=False):
    vat_e4: int | None
    base_minor: int
    vat_minor: int
    gross_minor: int


class _Priced(msgspec.Struct, gc=False):
    mode: str
    gross_minor: int
    net_minor: int
    vat_minor: int
    discount_minor: int
    articles: int
    lines: list[_PricedLine]
    charges: list[_Charge]
    vat: list[_Vat]


class _Settle(msgspec.Struct, gc=False):
    types: msgspec.Raw  # the tenders that the shop takes: the same text in ticket after ticket


class _Payment(msgspec.Struct, gc=False):
    type: str
    amount_minor: int
    tendered_minor: int
    change_minor: int
    reference: str | None


class _Settled(msgspec.Struct, gc=False):
    rounding_minor: int
    change_minor: int
    payments: list[_Payment]


class _Person(msgspec.Struct, gc=False):
    id: str
    name: str


class _Origin(msgspec.Struct, gc=False):
    id: str


class _Deleted(msgspec.Struct, gc=False):
    amount_minor: int


class TypedTicket(TypedHead, gc=False, kw_only=True):
    """What the rows of a ticket repeat, and nothing else of its body."""

    operation: str
    operator: _Person
    customer: str | None
    origin: _Origin | None
    basket: _Basket
    priced: _Priced
    settle: _Settle
    settled: _Settled
    deleted_lines: list[_Deleted]
    perpetual_algebraic_minor: int
    perpetual_absolute_minor: int
    catalogue: int
    reason: str | None = None
    approved_by: _Person | None = None
    exchange: str | None = None


def add_rows(
    ticket: TypedTicket, *, record: str, session: str | None, at: str, id_of: Callable[[str], str],
    tables: Sequence[list[Any]],
) -> bool:  # fmt: skip
    """Adds the rows of a ticket to those of its tables, in the order of its projection. False, and nothing added, when it
    pays with credit notes or owes a second ticket: projection.py knows those. `record`, `session` and `at` are spelled as the
    rows that these are compared with; `id_of` spells another identifier so."""
    if ticket.exchange is not None:
        return False
    kinds = _kinds(bytes(ticket.settle.types))
    payments, cash_minor = [], 0
    for place, one in enumerate(ticket.settled.payments, start=1):
        kind = kinds[one.type]
        if kind == "credit_note":
            return False
        cash_minor += one.amount_minor if kind == "cash" else -one.change_minor
        payments.append(
            (record, place, one.type, kind, one.amount_minor, one.tendered_minor, one.change_minor, one.reference)
        )
    line_count = _add_lines(ticket, record, tables[1])
    tables[0].append(_ticket_row(ticket, record=record, session=session, at=at, id_of=id_of, line_count=line_count))
    tables[2] += payments
    tables[3] += [
        (record, place, rate.vat_e4, rate.base_minor, rate.vat_minor, rate.gross_minor)
        for place, rate in enumerate(ticket.priced.vat, start=1)
    ]
    if cash_minor:
        source, target = ("sales", drawer(ticket.register)) if cash_minor > 0 else (drawer(ticket.register), "sales")
        tables[4].append((*transfer_keys(record), source, target, abs(cash_minor), "sale", record, at))
    return True


def transfer_keys(record: str) -> tuple[str, ...]:
    """As first_transfer_id of the treasury, without reading a number where its last digit is enough."""
    following = _AFTER.get(record[-1])
    return (record[:-1] + following,) if following else first_transfer_id(record)


@lru_cache(maxsize=64)
def _kinds(types: bytes) -> dict[str, str]:
    """The kind of each tender, by its code."""
    return {tender.code: tender.kind for tender in _TYPES.decode(types)}


def _add_lines(ticket: TypedTicket, record: str, rows: list[Any]) -> int:
    """How many lines a ticket has, once they are added."""
    position = 0
    for line, amounts in zip(ticket.basket.lines, ticket.priced.lines, strict=True):
        position += 1
        rows.append((
            record, position, line.kind, line.article, line.label, line.family, line.quantity_milli, line.unit,
            line.unit_price_e4, line.vat_e4, amounts.list_minor,
            amounts.line_discount_minor + amounts.basket_discount_minor, amounts.gross_minor, amounts.net_minor,
            amounts.vat_minor, line.origin_line, line.disposition, line.return_reason,
        ))  # fmt: skip
    for charge in ticket.priced.charges:
        position += 1
        rows.append((
            record, position, "charge", None, charge.label, None, 1000, "pce", charge.gross_minor * _WORTH, charge.vat_e4,
            charge.gross_minor, 0, charge.gross_minor, charge.net_minor, charge.vat_minor, None, None, None,
        ))  # fmt: skip
    return position


def _ticket_row(
    ticket: TypedTicket, *, record: str, session: str | None, at: str, id_of: Callable[[str], str], line_count: int
) -> tuple[Any, ...]:
    priced, settled, operator, deleted = ticket.priced, ticket.settled, ticket.operator, ticket.deleted_lines
    origin, approved = ticket.origin, ticket.approved_by
    return (
        record, ticket.chain, ticket.seq, ticket.register, ticket.generation, session, ticket.business_date, at,
        ticket.operation, operator.id, operator.name, ticket.customer, id_of(origin.id) if origin else None, priced.mode,
        priced.gross_minor, priced.net_minor, priced.vat_minor, priced.discount_minor, settled.rounding_minor,
        settled.change_minor, priced.articles, line_count, len(deleted),
        sum([one.amount_minor for one in deleted]) if deleted else 0, ticket.perpetual_algebraic_minor,
        ticket.perpetual_absolute_minor, ticket.catalogue, ticket.reason, approved and approved.id,
        approved and approved.name, None,
    )  # fmt: skip


class _Tender(msgspec.Struct, gc=False):
    code: str
    kind: str


_TYPES = msgspec.json.Decoder(list[_Tender])
TICKETS = Typed(msgspec.json.Decoder(TypedTicket), add_rows)

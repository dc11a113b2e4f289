"""Tickets as compiled classes: what `verify` reads of a body, a million times, and the rows that should follow from it.

The same rows as projection.py gives, said a second time for speed; tests/apps/till/test_typed_tickets.py holds the two
against each other. Never the last word: what does not agree here is looked at again from the plain body. Pure."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from comptoir.apps.fiscal.sealed import Fault
from comptoir.apps.fiscal.window_rows import WindowRows
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


def take_rows(
    ticket: TypedTicket, *, record: str, session: str | None, at: str, id_of: Callable[[str], str], derived: WindowRows,
) -> bool:  # fmt: skip
    """Takes the rows of a ticket from those of its window and raises Fault at the first that is another.
    False, and none taken, when it pays with credit notes or owes a second ticket: projection.py knows those. `record`,
    `session` and `at` are spelled as the rows are; `id_of` spells another identifier so."""
    kinds, notes = _kinds(bytes(ticket.settle.types))
    if ticket.exchange is not None or (notes and any([one.type in notes for one in ticket.settled.payments])):
        return False
    tickets, lines, payments, rates, transfers = derived.streams[:5]
    line_count = _take_lines(ticket, record, lines)
    found = next(tickets, None)
    if found != _ticket_row(ticket, record=record, session=session, at=at, id_of=id_of, line_count=line_count):
        raise Fault("long_way")
    cash_minor = _take_payments(ticket, record, payments, kinds=kinds)
    for place, rate in enumerate(ticket.priced.vat, start=1):
        if next(rates, None) != (record, place, rate.vat_e4, rate.base_minor, rate.vat_minor, rate.gross_minor):
            raise Fault("long_way")
    (key,) = transfer_keys(record)
    if transfers.take(key) != _transfer(ticket.register, key, cash_minor, record=record, at=at):
        raise Fault("long_way")
    taken = derived.taken
    taken[0] += 1
    taken[1] += line_count
    taken[2] += len(ticket.settled.payments)
    taken[3] += len(ticket.priced.vat)
    taken[4] += cash_minor != 0
    return True


def _take_payments(ticket: TypedTicket, record: str, rows: Iterator[Any], *, kinds: dict[str, str]) -> int:
    """The cash that stays in the drawer, once the payments are taken."""
    cash_minor = 0
    for place, one in enumerate(ticket.settled.payments, start=1):
        code, amount_minor, change_minor = one.type, one.amount_minor, one.change_minor
        kind = kinds[code]
        cash_minor += amount_minor if kind == "cash" else -change_minor
        if next(rows, None) != (
            record, place, code, kind, amount_minor, one.tendered_minor, change_minor, one.reference,
        ):  # fmt: skip
            raise Fault("long_way")
    return cash_minor


def _transfer(register: str, key: str, cash_minor: int, *, record: str, at: str) -> tuple[Any, ...] | None:
    if cash_minor > 0:
        return (key, "sales", drawer(register), cash_minor, "sale", record, at)
    return (key, drawer(register), "sales", -cash_minor, "sale", record, at) if cash_minor else None


def transfer_keys(record: str) -> tuple[str, ...]:
    """As first_transfer_id of the treasury, without reading a number where its last digit is enough."""
    following = _AFTER.get(record[-1])
    return (record[:-1] + following,) if following else first_transfer_id(record)


@lru_cache(maxsize=64)
def _kinds(types: bytes) -> tuple[dict[str, str], frozenset[str]]:
    """The kind of each tender by its code, and the codes of those that are credit notes."""
    kinds = {tender.code: tender.kind for tender in _TYPES.decode(types)}
    return kinds, frozenset(code for code, kind in kinds.items() if kind == "credit_note")


def _take_lines(ticket: TypedTicket, record: str, rows: Iterator[Any]) -> int:
    """How many lines a ticket has, once they are taken."""
    position = 0
    for line, amounts in zip(ticket.basket.lines, ticket.priced.lines, strict=True):
        position += 1
        if next(rows, None) != (
            record, position, line.kind, line.article, line.label, line.family, line.quantity_milli, line.unit,
            line.unit_price_e4, line.vat_e4, amounts.list_minor,
            amounts.line_discount_minor + amounts.basket_discount_minor, amounts.gross_minor, amounts.net_minor,
            amounts.vat_minor, line.origin_line, line.disposition, line.return_reason,
        ):  # fmt: skip
            raise Fault("long_way")
    for charge in ticket.priced.charges:
        position += 1
        if next(rows, None) != (
            record, position, "charge", None, charge.label, None, 1000, "pce", charge.gross_minor * _WORTH, charge.vat_e4,
            charge.gross_minor, 0, charge.gross_minor, charge.net_minor, charge.vat_minor, None, None, None,
        ):  # fmt: skip
            raise Fault("long_way")
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
TICKETS = Typed(msgspec.json.Decoder(TypedTicket), take_rows)

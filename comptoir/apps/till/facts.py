"""What booking needs to know of a record once it is read: its place in its chain, and what the shop's rules ask of a
ticket. Pure, and made of plain values: it is worked out where the body is read, and travels between processes."""

import re
from typing import Any, NamedTuple

from comptoir.apps.fiscal.sealed import Sealed

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SoldLine = tuple[str, int, int | None]  # article, unit price in ten-thousandths, rate in ten-thousandths


class TicketFacts(NamedTuple):
    """A ticket as the shop's rules see it."""

    session: str
    operation: str
    operator: str
    approved_by: str | None
    origin: str | None
    business_date: str
    local_day: str  # on which it was finalised, where the shop is
    catalogue: Any  # version of the prices that the till had
    rights: list[str]  # that it took
    discount_e4: int  # its strongest discount
    refund_minor: int  # what it paid back
    sold: list[SoldLine]  # lines that have a catalogue price
    spent: list[str]  # references of the credit notes it spends


class Sound(NamedTuple):
    """A record whose spelling, signature and arithmetic were looked at: what its booking goes by."""

    id: str
    chain: str
    type: str
    register: str
    generation: int
    seq: int
    at: str
    text: str
    signature: str
    previous: str
    ticket: TicketFacts | None

    @property
    def number(self) -> str:
        """As people read it: `C1-1-ticket-412`."""
        return f"{self.chain}-{self.seq}"

    @property
    def place(self) -> tuple[str, int]:
        """Register and generation."""
        return self.register, self.generation


def sound_record(sealed: Sealed) -> Sound:
    """The facts of a sealed record; raises KeyError, TypeError or ValueError on a ticket that is not one."""
    chain = sealed.chain
    facts = _ticket_facts(sealed) if chain.type == "ticket" else None
    return Sound(
        sealed.id, chain.name, chain.type, chain.register, chain.generation, sealed.seq, sealed.body["at"], sealed.text,
        sealed.signature, sealed.previous, facts,
    )  # fmt: skip


def _ticket_facts(sealed: Sealed) -> TicketFacts:
    body = sealed.body
    approved, origin = body.get("approved_by"), body["origin"]
    local = sealed.to_sign.split(",", 3)[2]  # its local time: the signed string was found to follow from the body
    rights, discount_e4 = _rights(body)
    return TicketFacts(
        session=body["session"] or "", operation=body["operation"], operator=body["operator"]["id"],
        approved_by=approved["id"] if approved else None, origin=origin["id"] if origin else None,
        business_date=body["business_date"], local_day=f"{local[:4]}-{local[4:6]}-{local[6:8]}",
        catalogue=body["catalogue"], rights=sorted(rights), discount_e4=discount_e4,
        refund_minor=-body["priced"]["gross_minor"] if body["operation"] == "refund" else 0,
        sold=[
            (line["article"], line["unit_price_e4"], line.get("vat_e4"))
            for line in body["basket"]["lines"]
            if _has_price(line)
        ],
        spent=_spent(body),
    )  # fmt: skip


def _rights(body: dict[str, Any]) -> tuple[set[str], int]:
    """Rights that the ticket took, and its strongest discount in ten-thousandths. Only what a ticket shows: refunds,
    cancellations, corrected tenders, discounts."""
    rights: set[str] = set()
    if body["operation"] == "cancel":
        rights.add("till.cancel_ticket")
    elif body["operation"] == "refund":
        rights.add("till.refund" if body["origin"] else "till.refund_without_ticket")
    elif body["operation"] == "correction":
        rights.add("till.correct_tender")
    strongest = 0
    for line in body["priced"]["lines"]:
        off = line["line_discount_minor"] + line["basket_discount_minor"]
        if off:
            rights.add("till.discount_basket" if line["basket_discount_minor"] else "till.discount_line")
            strongest = max(strongest, abs(off) * 10_000 // max(abs(line["list_minor"]), 1))
    return rights, strongest


def _has_price(line: dict[str, Any]) -> bool:
    """Whether a line was sold at a catalogue price: not by an amount read from a label, and of a known article."""
    article = line.get("article")
    return line.get("label_total_minor") is None and bool(article) and _UUID.fullmatch(article) is not None


def _spent(body: dict[str, Any]) -> list[str]:
    kinds = {tender["code"]: tender["kind"] for tender in body["settle"]["types"]}
    return sorted(
        {
            one["reference"]
            for one in body["settled"]["payments"]
            if kinds[one["type"]] == "credit_note" and one["amount_minor"] > 0
        }
    )

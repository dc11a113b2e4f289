"""What others may ask of the tills: devices, tickets, perpetual totals."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from comptoir.apps.fiscal.queries import latest_generation
from comptoir.apps.fiscal.raw_rows import fetch_rows
from comptoir.apps.parties.queries import customers_named

from .models import Device, ParkedBasket, Ticket, TicketLine


class Caller(NamedTuple):
    """The device behind a token."""

    register: str
    generation: int


def caller_of(digest: str) -> Caller | None:
    """The device whose token has this digest, unless it was revoked. Asked at each call: a revocation holds at once."""
    sql = "SELECT register, generation FROM till_device WHERE token_digest = %s AND revoked_at IS NULL"
    rows = fetch_rows(connection, sql, [digest])
    return Caller(*rows[0]) if rows else None


def devices() -> QuerySet[Device]:
    """Every enrolment, latest first."""
    return Device.objects.select_related("register").order_by("-enrolled_at", "-generation")


def tickets() -> QuerySet[Ticket]:
    """Every ticket, latest first."""
    return Ticket.objects.order_by("-at", "-record_id")


def by_number(queryset: QuerySet[Ticket], value: str) -> QuerySet[Ticket]:
    """Tickets of a number, as printed (C1-1-412), as scanned (TC1-1-412), or its last part."""
    parts = value.strip().upper().split("-")
    if not parts[-1].isascii() or not parts[-1].isdigit() or len(parts[-1]) > 15:
        return queryset.none()
    found = queryset.filter(seq=int(parts[-1]))
    if len(parts) == 3 and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 9:
        names = {parts[0], parts[0].removeprefix("T")}  # a register may itself be called T1
        return found.filter(register__in=names, generation=int(parts[1]))
    return found


LOST_RECEIPT = timedelta(days=90)


def tickets_with(words: str, *, articles: Sequence[str], now: datetime, **also: int | date) -> QuerySet[Ticket]:
    """Sales of the last 90 days that hold an article, latest first: for who lost the receipt. An article is one of these
    ids, or a line whose label has every word. `also`: `amount_minor`, the ticket's or a line's; `on`, its business date."""
    line = Q(article__in=list(articles))
    wanted = words.split()[:6]
    if wanted:
        line |= Q(*(Q(label__icontains=word) for word in wanted))
    lines = TicketLine.objects.filter(line, ticket=OuterRef("pk"), quantity_milli__gt=0)
    found = tickets().filter(Exists(lines), operation="sale", at__gte=now - LOST_RECEIPT)
    if "on" in also:
        found = found.filter(business_date=also["on"])
    if "amount_minor" in also:
        sized = TicketLine.objects.filter(ticket=OuterRef("pk"), gross_minor=also["amount_minor"])
        found = found.filter(Q(gross_minor=also["amount_minor"]) | Exists(sized))
    return found


def found_tickets(text: str, *, on: date | None = None) -> QuerySet[Ticket]:
    """Tickets that a person looks for by number, total, customer or seller, latest first; on one business day also by
    what was sold. Articles are looked for on a given day only: no index could serve a whole history."""
    queryset = tickets() if on is None else tickets().filter(business_date=on)
    text = text.strip()
    if not text:
        return queryset
    numbered = by_number(queryset, text)
    amount_minor = _amount_minor(text)
    if amount_minor is not None:
        sized = Q(gross_minor=amount_minor) | Q(gross_minor=-amount_minor)
        return queryset.filter(sized | Q(pk__in=numbered.order_by().values("pk")))
    if any(character.isdigit() for character in text) and "-" in text:
        return numbered
    people = [str(key) for key in customers_named(text).values_list("pk", flat=True)[:200]]
    wanted = Q(customer__in=people) | Q(operator_name__icontains=text)
    if on is not None:
        wanted |= Exists(TicketLine.objects.filter(ticket=OuterRef("pk"), label__icontains=text))
    return queryset.filter(wanted)


def _amount_minor(text: str) -> int | None:
    """Cents of an amount as people write it: 34,70, 34.70 or 34; None for anything else."""
    bare = "".join(character for character in text if character not in " \u00a0\u202f€").replace(".", ",")
    whole, _comma, cents = bare.partition(",")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 10 or len(cents) > 2:
        return None
    if cents and not (cents.isascii() and cents.isdigit()):
        return None
    return int(whole) * 100 + int((cents + "00")[:2])


def perpetual_of(register: str) -> dict[str, int]:
    """Both perpetual totals after the register's last stored ticket, whatever its generation."""
    for generation in range(latest_generation(register), 0, -1):
        last = Ticket.objects.filter(chain=f"{register}-{generation}-ticket").order_by("-seq").first()
        if last is not None:
            return {
                "algebraic_minor": last.perpetual_algebraic_minor, "absolute_minor": last.perpetual_absolute_minor,
            }  # fmt: skip
    return {"algebraic_minor": 0, "absolute_minor": 0}


WAITING = timedelta(days=7)


def parked_baskets(register: str, *, now: datetime) -> QuerySet[ParkedBasket]:
    """Baskets that wait, on every register, and those that another register took from `register` in the last week."""
    theirs = Q(register=register, taken_at__gte=now - WAITING) & ~Q(taken_register=register)
    return ParkedBasket.objects.filter(Q(taken_at=None) | theirs).order_by("parked_at", "id").defer("basket")[:200]

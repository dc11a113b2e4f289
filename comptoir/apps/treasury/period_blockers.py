"""What keeps a month from being closed, each thing named for the person who can settle it. Reads only."""

import json
from datetime import date
from typing import NamedTuple

from django.db.models import Max

from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import NO_HEAD, chain_names, heads_of, latest_generation, open_kept

from .asides import closings_aside, contradiction_of, enrolment_is_aside
from .models import Closing, PeriodRange
from .queries import last_closed, sessions


class Blocker(NamedTuple):
    """A code for programs, the register, words for people, the enrolment and, when it is about one, the Z."""

    code: str
    register: str
    text: str
    generation: int = 0
    closing: str = ""
    session: str = ""


def blockers_until(last: date) -> list[Blocker]:
    """Everything that some register must still close or send for the days up to this one."""
    found = [*_open_sessions(last), *_waiting_closings(last), *_missing_numbers(last), *_contradictions(last)]
    told = {one.register for one in found}
    return found + [one for one in _without_closing(last) if one.register not in told]


def _open_sessions(last: date) -> list[Blocker]:
    rows = sessions().filter(closed=False, business_date__lte=last).order_by("business_date", "register")
    return [
        Blocker(
            "session_open", row.register,
            f"La caisse {row.register} n’a pas fait son Z du {row.business_date:%d/%m/%Y}"
            f" (ouverte par {row.operator_name}). Clôturez-la sur le poste, puis laissez-la se synchroniser.",
            row.generation, session=str(row.pk),
        )
        for row in rows
        if row.generation == latest_generation(row.register)
        and not enrolment_is_aside(row.register, generation=row.generation)
    ]  # fmt: skip


def _waiting_closings(last: date) -> list[Blocker]:
    """A Z that arrived before the records it covers."""
    chains = [name for name in chain_names() if name.endswith("-z")]
    closed, heads = last_closed(chains), heads_of(chains)
    found: list[Blocker] = []
    for chain in chains:
        first = closed.get(chain, 0) + 1
        if heads.get(chain, NO_HEAD).seq < first:
            continue
        row = Record.objects.get(chain=chain, seq=first)
        if enrolment_is_aside(row.register, generation=row.generation):
            continue
        if row.business_date <= last:
            text = (
                f"Le Z n° {first} de la caisse {row.register} ({row.business_date:%d/%m/%Y}) attend des tickets qui ne"
                " sont pas encore arrivés. Rebranchez la caisse au réseau et laissez-la se synchroniser."
            )
            found.append(Blocker("closing_waits", row.register, text, row.generation))
    return found


def _contradictions(last: date) -> list[Blocker]:
    """Booked Z, in no month yet, whose total is not what they hold."""
    found: list[Blocker] = []
    for chain in (name for name in chain_names() if name.endswith("-z")):
        covered = PeriodRange.objects.filter(chain=chain).aggregate(last=Max("last"))["last"] or 0
        for row in Closing.objects.filter(chain=chain, seq__gt=covered, business_date__lte=last).order_by("seq"):
            wrong = contradiction_of(row)
            if wrong and row.seq not in closings_aside(row.register, generation=row.generation):
                text = (
                    f"Le Z n° {row.seq} de la caisse {row.register} ({row.business_date:%d/%m/%Y}) se contredit :"
                    f" {wrong}. Prévenez votre installateur avant de l’écarter."
                )
                found.append(Blocker("closing_contradicts", row.register, text, row.generation, closing=str(row.pk)))
    return found


def _missing_numbers(last: date) -> list[Blocker]:
    """Records kept aside because one before them has not come: one blocker a chain."""
    found: dict[str, Blocker] = {}
    for kept in open_kept().filter(code="gap"):
        chain = parse_chain(kept.chain)
        if chain is None or kept.chain in found or not _concerns(kept.envelope, last):
            continue
        text = (
            f"La caisse {chain.register} a envoyé le n° {kept.seq} de sa suite « {kept.chain} » avant d’autres qui"
            " manquent. Laissez-la se synchroniser, ou voyez les enregistrements mis de côté."
        )
        found[kept.chain] = Blocker("number_missing", chain.register, text, chain.generation)
    return list(found.values())


def _concerns(envelope: str, last: date) -> bool:
    """Whether a kept record may belong to these days; one that cannot be read may."""
    try:
        return json.loads(json.loads(envelope)["body"])["business_date"] <= last.isoformat()
    except (ValueError, KeyError, TypeError):
        return True


def _without_closing(last: date) -> list[Blocker]:
    """Tickets after the last Z of a register whose opening has not arrived."""
    found: list[Blocker] = []
    for name in chain_names():
        chain = parse_chain(name)
        if chain is None or chain.type != "ticket" or chain.generation != latest_generation(chain.register):
            continue
        if enrolment_is_aside(chain.register, generation=chain.generation):
            continue
        place = {"register": chain.register, "generation": chain.generation}
        covered = Closing.objects.filter(**place).aggregate(last=Max("last_seq"))["last"] or 0
        row = Record.objects.filter(chain=name, seq=covered + 1).first()
        if row is not None and row.business_date <= last:
            text = (
                f"La caisse {chain.register} a des tickets du {row.business_date:%d/%m/%Y}, à partir du"
                f" n° {row.seq}, qu’aucun Z ne couvre. Clôturez-la sur le poste."
            )
            found.append(Blocker("tickets_without_closing", chain.register, text, chain.generation))
    return found

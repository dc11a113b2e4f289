"""Copies that were put back: what the events 9140 seal of each, and what the dossier still lacks since.

Each event names, for every chain known outside the copy, where the copy ended and how far the chain is known to have gone:
`"C1-1-ticket": "118:124"`. Details of events hold strings and integers only."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from .chains import SERVER, parse_chain
from .event_codes import REPAIRED, RESTORED
from .models import Event
from .queries import chain_names, heads_of, latest_generation

Known = dict[str, tuple[int, int]]  # by chain: last number of the copy, last number known elsewhere


class Restoration(NamedTuple):
    """One copy put back."""

    record: UUID
    at: datetime
    by: str
    made_at: str  # when the copy was made
    sha256: str
    seen: bool  # False: what was replaced could not be read, so more may be lacking than is known
    known: Known
    code: int = RESTORED


def restoration_detail(
    *, file: str, made_at: str, sha256: str, seen: bool, findings: int, copy: dict[str, int], known: dict[str, int]
) -> dict[str, Any]:
    """The detail of an event 9140."""
    chains = {name: f"{copy.get(name, 0)}:{max(seq, copy.get(name, 0))}" for name, seq in sorted(known.items())}
    return {
        "file": file, "made_at": made_at, "sha256": sha256, "seen": int(seen), "findings": findings, **chains,
    }  # fmt: skip


def restorations() -> list[Restoration]:
    """Every copy that was put back, and every repair of torn pages (which may lose the end of chains), the first one first."""
    events = Event.objects.filter(code__in=(RESTORED, REPAIRED), register=SERVER).order_by(
        "record__generation", "record__seq"
    )
    return [found for found in map(_read, events) if found is not None]


def next_generation(place: str) -> int:
    """The generation that a register (or the server) begins: beyond those of the dossier, and beyond those that a
    replaced dossier had, whose numbers must not be given twice."""
    gone = [
        chain.generation
        for one in restorations()
        for chain in map(parse_chain, one.known)
        if chain is not None and chain.register == place
    ]
    return max([latest_generation(place), *gone]) + 1


def still_behind() -> Known:
    """Chains of registers that have not come back to where they were known to be when a copy was put back."""
    known: Known = {}
    for one in restorations():
        for name, (kept, last) in one.known.items():
            if last > kept and not name.startswith(f"{SERVER}-"):
                known[name] = (kept, max(last, known.get(name, (0, 0))[1]))
    tops = heads_of(known)
    present = {name: tops[name].seq if name in tops else 0 for name in known}
    return {name: (present[name], last) for name, (_, last) in sorted(known.items()) if present[name] < last}


def lost_by_the_server() -> Known:
    """The server's own records that only the replaced dossiers held: nobody keeps a second copy of them."""
    known: Known = {}
    for one in restorations():
        known |= {name: span for name, span in one.known.items() if name.startswith(f"{SERVER}-") and span[1] > span[0]}
    return known


def restoration_remarks() -> list[str]:
    """What a verification should know of copies put back, in French."""
    back = [
        f"{'Copie' if one.code == RESTORED else 'Fichier réparé'} du {one.made_at} en place depuis le "
        f"{one.at:%Y-%m-%dT%H:%M:%SZ}, par {one.by} (événement {one.code})"
        for one in restorations()
    ]
    lost = [
        f"{name} n° {kept + 1} à {last} : perdus avec le dossier remplacé, comme un événement scellé le dit"
        for name, (kept, last) in sorted(lost_by_the_server().items())
    ]
    awaited = [
        f"{name} n° {here + 1} à {last} : attendus de la caisse" for name, (here, last) in still_behind().items()
    ]
    return back + lost + awaited


def tops() -> dict[str, int]:
    """The last number of every chain of the bound dossier."""
    return {name: head.seq for name, head in heads_of(chain_names()).items()}


def furthest(*known: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The greatest number known of each chain."""
    found: dict[str, int] = {}
    for heads in known:
        for name, seq in heads:
            found[name] = max(seq, found.get(name, 0))
    return found


def _read(event: Event) -> Restoration | None:
    try:
        said = json.loads(event.detail)
        known = {
            name: (int(value.split(":")[0]), int(value.split(":")[1]))
            for name, value in said.items()
            if parse_chain(name) is not None
        }
        return Restoration(
            event.pk,
            event.at,
            event.operator_name,
            said["made_at"],
            said["sha256"],
            bool(said["seen"]),
            known,
            event.code,
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None  # touched: `verify` says so

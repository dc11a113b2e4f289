"""Each sealing key with what it has sealed: chains, first and last instant, whether it still seals."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.utils.dateparse import parse_datetime

from comptoir.apps.fiscal.chains import SERVER, parse_chain
from comptoir.apps.fiscal.models import Record, SealingKey
from comptoir.apps.fiscal.queries import chain_names, heads_of, latest_generation
from comptoir.apps.fiscal.services.change_server_key import server_key_is_here
from comptoir.apps.settings.queries import registers
from comptoir.apps.till.queries import devices


class KeyChain(NamedTuple):
    """One chain that a key seals: its type, how many records."""

    type: str
    records: int


class KeyFacts(NamedTuple):
    """One key. `state` is current, former, or missing (the server's present key is not on this machine)."""

    register: str
    name: str
    generation: int
    thumbprint: str
    added_at: datetime
    state: str
    chains: list[KeyChain]
    first_at: datetime | None
    last_at: datetime | None

    @property
    def is_server(self) -> bool:
        return self.register == SERVER


def key_facts() -> list[KeyFacts]:
    """Every key, the server's first, the present one of each before the former ones."""
    names = {one.code: one.name for one in registers()}
    heads = heads_of(chain_names())
    began = dict(Record.objects.filter(chain__in=heads, seq=1).values_list("chain", "at"))
    living = {(one.register_id, one.generation) for one in devices() if one.revoked_at is None}
    by_place: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name in sorted(heads):
        chain = parse_chain(name)
        if chain is not None:
            by_place[chain.register, chain.generation].append(name)
    found = []
    for key in SealingKey.objects.order_by("register", "-generation"):
        place = (key.register, key.generation)
        chains = by_place[place]
        ends = [parse_datetime(heads[name].at) for name in chains]
        starts = [began[name] for name in chains if name in began]
        found.append(
            KeyFacts(
                key.register, names.get(key.register, key.register), key.generation, key.thumbprint, key.added_at,
                _state(place, living), [KeyChain(name.rsplit("-", 1)[1], heads[name].seq) for name in chains],
                min(starts, default=None), max((at for at in ends if at is not None), default=None),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: not one.is_server)


def _state(place: tuple[str, int], living: set[tuple[str, int]]) -> str:
    register, generation = place
    if generation != latest_generation(register):
        return "former"
    if register == SERVER:
        return "current" if server_key_is_here() else "missing"
    return "current" if place in living else "former"

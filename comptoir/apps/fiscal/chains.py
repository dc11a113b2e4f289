"""The names of chains: `C1-1-ticket` is register C1, enrolment generation 1, tickets; `S-…` are the server's own."""

import re
from typing import NamedTuple

TILL_TYPES = ("ticket", "invoice", "duplicate", "provisional", "payproof", "cash", "z", "event", "training")
SERVER_TYPES = ("day", "month", "year", "archive", "event", "enrolment", "cash", "invoice", "duplicate")
SERVER = "S"

_CHAIN = re.compile(r"([A-Z][A-Z0-9]{0,11})-([1-9][0-9]{0,5})-([a-z]{1,12})")
REGISTER_CODE = re.compile(r"(?!S$)[A-Z][A-Z0-9]{0,11}")


class Chain(NamedTuple):
    """One sequence of sealed records: gapless from 1, each carrying the signature of the one before."""

    register: str
    generation: int
    type: str

    @property
    def name(self) -> str:
        return f"{self.register}-{self.generation}-{self.type}"


def parse_chain(name: str) -> Chain | None:
    """The parts of a chain's name, or None when it is not one that this format knows."""
    match = _CHAIN.fullmatch(name)
    if match is None:
        return None
    chain = Chain(match[1], int(match[2]), match[3])
    known = SERVER_TYPES if chain.register == SERVER else TILL_TYPES
    return chain if chain.type in known else None

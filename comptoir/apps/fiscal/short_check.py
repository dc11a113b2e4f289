"""Consecutive records of a chain held against themselves on the short way of `verify`, from plain bodies. Pure.

Everything agrees, or an exception: what is wrong, and how it is said to people, is for chain_check.py alone."""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from comptoir.engine.seal import prefix_of

from .chain_check import function_named
from .chains import Chain
from .derived_tables import Place, Projection, Row
from .exact_json import read_exact
from .perpetual import follow_totals
from .sealed import Fault, Sealed
from .sealed_heads import CARRYING, SealedHead, heads_in
from .signatures import ES256, signature_der


class Spelling(NamedTuple):
    """How a database gives identifiers and instants, from what bodies say."""

    id_of: Callable[[str], str]
    at_of: Callable[[str], str]

    def of_body(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body, its identifiers and instants spelled so."""
        body["id"], body["at"] = self.id_of(body["id"]), self.at_of(body["at"])
        if body["session"] is not None:
            body["session"] = self.id_of(body["session"])
        if body.get("origin") is not None and "id" in body["origin"]:
            body["origin"]["id"] = self.id_of(body["origin"]["id"])
        return body


def _undashed(text: str) -> str:
    return text.replace("-", "")


def _stored_instant(at: str) -> str:
    """`2026-11-22T09:11:12Z` as SQLite stores it."""
    if at[10] != "T" or at[19:] != "Z":
        raise Fault("long_way")
    return f"{at[:10]} {at[11:19]}"


_SPELLINGS = {"sqlite": Spelling(_undashed, _stored_instant), "postgresql": Spelling(str, str)}


def spelling_of(vendor: str) -> Spelling:
    return _SPELLINGS[vendor]


class ShortCheck:
    """Walks records of one chain and gathers the rows that they should have, spelled as the database gives them."""

    def __init__(
        self, chain: Chain, key: tuple[str, Any], place: Place, projection: Projection | None, *, vendor: str
    ) -> None:
        self.chain, self.thumbprint, self.key = chain, *key
        self.place = place
        self.project = function_named(projection.projector) if projection else None
        self.expected: list[list[Any]] = [[] for _ in projection.tables] if projection else []
        self.ids: list[str] = []
        self.heads: list[SealedHead] = []
        self._spelling, self._format = spelling_of(vendor), f"{chain.type}/1"

    def take(self, row: Row) -> None:
        """One record; raises when anything about it is not as it should be."""
        identity, seq, text, to_sign, signature, business_date, session, at, columns_agree = row
        raw = text if isinstance(text, bytes) else text.encode()
        body = read_exact(raw)
        first, previous, totals = self.place
        signed = f"{prefix_of(body, not previous)},{previous},{hashlib.sha256(raw).hexdigest()}"
        if seq != first or columns_agree != 1 or to_sign != signed:
            raise Fault("long_way")
        self.key.verify(signature_der(signature), to_sign.encode(), ES256)
        self._check_head(body, seq=seq, business_date=business_date)
        if totals is not None:
            totals = follow_totals(totals, body)
        if self.chain.type in CARRYING:
            self.heads += [(*head, seq) for head in heads_in(self.chain.type, body)]
        self._spelling.of_body(body)
        if (body["id"], body["session"], body["at"]) != (identity, session, at):
            raise Fault("long_way")
        self.ids.append(identity)
        if self.project is not None:
            sealed = Sealed(identity, self.chain, seq, body, "", to_sign, signature, previous)
            for place, (_, wanted) in enumerate(self.project(sealed)):
                self.expected[place] += map(tuple, wanted)
        self.place = Place(seq + 1, signature, totals)

    def _check_head(self, body: dict[str, Any], *, seq: int, business_date: str) -> None:
        chain = self.chain
        said = [
            body["chain"], body["seq"], body["register"], body["generation"], body["key"], body["alg"],
            body["training"], body["business_date"],
        ]  # fmt: skip
        if said != [
            chain.name, seq, chain.register, chain.generation, self.thumbprint, "ES256", chain.type == "training",
            business_date,
        ]:  # fmt: skip
            raise Fault("long_way")
        if body["format"] != self._format and chain.type != "training":
            raise Fault("long_way")

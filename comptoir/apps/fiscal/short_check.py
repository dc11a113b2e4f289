"""Consecutive records of a chain held against themselves on the short way of `verify`, from plain bodies. Pure.

Everything agrees, or an exception: what is wrong, and how it is said to people, is for chain_check.py alone."""

import hashlib
from collections.abc import Iterable
from typing import Any

from comptoir.engine.seal import prefix_of

from .chain_check import function_named
from .chains import Chain
from .derived_tables import Place, Projection, Row
from .exact_json import read_exact
from .perpetual import follow_totals
from .sealed import Fault, Sealed
from .sealed_heads import CARRYING, SealedHead, heads_in
from .signatures import ES256, quick_signature_der


class ShortCheck:
    """Walks records of one chain and gathers the rows that they should have, spelled as the database gives them."""

    def __init__(
        self, chain: Chain, key: tuple[str, Any], place: Place, projection: Projection | None, *, spelled: bool
    ) -> None:
        self.chain, self.thumbprint, self.key = chain, *key
        self.place = place
        self.project = function_named(projection.projector) if projection else None
        self.expected: list[list[Any]] = [[] for _ in projection.tables] if projection else []
        self.ids: list[str] = []
        self.heads: list[SealedHead] = []
        self.spelled = spelled  # rows are compared as SQLite stores them
        self.format = f"{chain.type}/1"
        self.id_of = _undashed if spelled else _unchanged
        self.at_of = _stored_instant if spelled else _unchanged
        self._sessions: dict[str | None, str | None] = {}

    def walk(self, rows: Iterable[Row]) -> None:
        """Each record in turn; raises when anything about it is not as it should be."""
        for row in rows:
            self._take(row)

    def _take(self, row: Row) -> None:
        identity, seq, stored, to_sign, signature, business_date, session, at, columns_agree = row
        raw = stored if self.spelled else stored.encode()
        body = read_exact(raw)
        first, previous, totals = self.place
        signed = f"{prefix_of(body, not previous)},{previous},{hashlib.sha256(raw).hexdigest()}"
        if seq != first or columns_agree != 1 or to_sign != signed:
            raise Fault("long_way")
        self.key.verify(quick_signature_der(signature), to_sign.encode(), ES256)
        self._check_head(body, seq=seq)
        said = (self.id_of(body["id"]), body["business_date"], self.session_of(body["session"]), self.at_of(body["at"]))
        if said != (identity, business_date, session, at):
            raise Fault("long_way")
        if totals is not None:
            totals = follow_totals(totals, body)
        if self.chain.type in CARRYING:
            self.heads += [(*head, seq) for head in heads_in(self.chain.type, body)]
        self.ids.append(identity)
        self.project_plainly(body, row=(identity, seq, to_sign, signature), previous=previous)
        self.place = Place(seq + 1, signature, totals)

    def _check_head(self, body: dict[str, Any], *, seq: int) -> None:
        chain = self.chain
        said = [
            body["chain"], body["seq"], body["register"], body["generation"], body["key"], body["alg"], body["training"],
        ]  # fmt: skip
        wanted = [
            chain.name, seq, chain.register, chain.generation, self.thumbprint, "ES256", chain.type == "training"
        ]  # fmt: skip
        if said != wanted or (body["format"] != self.format and chain.type != "training"):
            raise Fault("long_way")

    def project_plainly(self, body: dict[str, Any], *, row: tuple[str, int, str, str], previous: str) -> None:
        """Adds the rows of a record by the projector that also writes them."""
        if self.project is None:
            return
        if self.spelled:
            self._spell(body)
        identity, seq, to_sign, signature = row
        sealed = Sealed(identity, self.chain, seq, body, "", to_sign, signature, previous)
        for place, (_, wanted) in enumerate(self.project(sealed)):
            self.expected[place] += map(tuple, wanted)

    def _spell(self, body: dict[str, Any]) -> None:
        """The identifiers and instants of a body as SQLite stores them."""
        body["id"], body["at"] = self.id_of(body["id"]), self.at_of(body["at"])
        body["session"] = self.session_of(body["session"])
        if body.get("origin") is not None and "id" in body["origin"]:
            body["origin"]["id"] = self.id_of(body["origin"]["id"])

    def session_of(self, text: str | None) -> str | None:
        """A session lasts for hundreds of records."""
        if text not in self._sessions:
            self._sessions[text] = None if text is None else self.id_of(text)
        return self._sessions[text]


def _undashed(text: str) -> str:
    return text.replace("-", "")


def _unchanged(text: str) -> str:
    return text


def _stored_instant(at: str) -> str:
    """`2026-11-22T09:11:12Z` as SQLite stores it."""
    if at[10] != "T" or at[19:] != "Z":
        raise Fault("long_way")
    return f"{at[:10]} {at[11:19]}"

"""What can be done with received records before taking the turn to write: reading, signature, arithmetic, rows.

Needs no transaction, so it runs in the thread of each request while another group is being written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.db import connection

from comptoir.apps.fiscal.projection import record_row
from comptoir.apps.fiscal.queries import sealing_key
from comptoir.apps.fiscal.sealed import Fault, Sealed, check_signature, read_sealed
from comptoir.apps.fiscal.sealed_heads import heads_in
from comptoir.apps.fiscal.server_key import dossier_id
from comptoir.apps.fiscal.services.seal_on_server import now_text
from comptoir.apps.fiscal.tables import RECORDS
from comptoir.apps.treasury.projection import closing_row
from comptoir.apps.treasury.tables import CLOSINGS

from ..facts import Sound, sound_record
from ..record_rows import Groups, rows_of
from ..tables import TICKETS
from .recheck_ticket import arithmetic_differences

MISMATCH = (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)


class Intake:
    """What is the same for every record of a request: who brings it, when, to which dossier, and the keys met so far."""

    __slots__ = ("dossier", "keys", "received_at", "sender", "vendor")

    def __init__(self, *, sender: str, received_at: str, dossier: str, vendor: str) -> None:
        self.sender = sender  # code of the register whose device brings the records
        self.received_at = received_at
        self.dossier = dossier
        self.vendor = vendor  # of the database that the rows are for
        self.keys: dict[tuple[str, int], tuple[str, EllipticCurvePublicKey] | None] = {}

    @classmethod
    def now(cls, *, sender: str, received: datetime) -> "Intake":
        """The intake of the bound dossier."""
        return cls(sender=sender, received_at=now_text(received), dossier=str(dossier_id()), vendor=connection.vendor)

    def key_of(self, register: str, generation: int) -> tuple[str, EllipticCurvePublicKey] | None:
        place = (register, generation)
        if place not in self.keys:
            self.keys[place] = sealing_key(register, generation=generation)
        return self.keys[place]


class Prepared:
    """A received record, read and checked as far as it can be alone. `fault` says why it cannot be booked."""

    __slots__ = ("differences", "envelope", "fault", "prints", "rows", "sender", "sound", "status")

    def __init__(self, envelope: dict[str, Any], *, sender: str, prints: Sequence[dict[str, Any]]) -> None:
        self.envelope = envelope
        self.sender = sender  # code of the register whose device brought it
        self.prints = prints
        self.sound: Sound | None = None
        self.fault: Fault | None = None
        self.rows: Groups = []  # as the database stores them
        self.differences: list[dict[str, Any]] = []
        self.status = ""  # stored, duplicate, kept: known once its group is written


def prepare_record(envelope: dict[str, Any], *, intake: Intake, prints: Sequence[dict[str, Any]] = ()) -> Prepared:
    """Reads and checks one record. Never raises for what the record holds: its fault is in the answer."""
    item = Prepared(envelope, sender=intake.sender, prints=prints)
    try:
        sealed = _trusted(envelope, intake)
        rows = _rows(item, sealed, received_at=intake.received_at)
        item.rows = [(table, table.stored(values, vendor=intake.vendor)) for table, values in rows if values]
    except Fault as fault:
        item.fault = fault
    return item


def _trusted(envelope: dict[str, Any], intake: Intake) -> Sealed:
    sealed = read_sealed(envelope)
    if sealed.chain.register != intake.sender:
        raise Fault("foreign_chain", f"envoyé par {intake.sender}")
    if sealed.body.get("dossier") != intake.dossier:
        raise Fault("foreign_dossier")
    key = intake.key_of(*sealed.key_place)
    if key is None or sealed.body.get("key") != key[0]:
        raise Fault("unknown_key")
    check_signature(sealed, key=key[1])
    return sealed


def _rows(item: Prepared, sealed: Sealed, *, received_at: str) -> Groups:
    try:
        sound = sound_record(sealed)
        rows: Groups = [(RECORDS, [record_row(sealed, received_at=received_at)])]
        rows += rows_of(sealed, received_at=received_at)
        if sealed.chain.type == "ticket":
            item.differences = arithmetic_differences(sealed.body, text=sealed.text)
        elif sealed.chain.type == "z":
            _check_closing(sealed, received_at=received_at)
        heads_in(sealed.chain.type, sealed.body)  # `verify` will look for each of them
    except MISMATCH as problem:
        raise Fault("unreadable", f"champ manquant ou inattendu : {problem}"[:200]) from problem
    found_again = sealed.chain.type == "ticket" and not item.differences
    for table, values in rows:
        if found_again and table is not TICKETS:
            continue  # the amounts of a ticket that the engine finds again are amounts; who and when it never looks at
        for row in values:
            wrong = table.wrong_column(row)
            if wrong:
                raise Fault("unreadable", f"valeur inattendue : {wrong}")
    item.sound = sound
    return rows


def _check_closing(sealed: Sealed, *, received_at: str) -> None:
    """A Z is booked later, once its whole range is here; that it will be bookable is checked now."""
    wrong = CLOSINGS.wrong_column(closing_row(sealed, disagreements=[], booked_at=received_at))
    if wrong:
        raise Fault("unreadable", f"valeur inattendue : {wrong}")

"""Keys against the sealed enrolments that name them: a key slipped in, or taken away, would reseal everything else.

Every column of a key's row follows from what was sealed with it, but one: no record says when the server's own key was
made."""

import json
from typing import Any

from django.db.models import Max

from ..chain_check import Finding
from ..chains import SERVER
from ..event_codes import SERVER_KEY_CHANGED
from ..models import Event, Record, SealingKey
from ..queries import chain_names, enrolment_records, envelope_of, heads_of, latest_generation
from ..raw_rows import instant_text
from ..sealed import Fault, Sealed, read_sealed
from ..sealed_heads import heads_of_change
from ..server_key import ServerKeyMissing, load_server_key
from ..signatures import public_bytes, thumbprint


def verify_keys() -> tuple[list[Finding], list[str]]:
    """Findings on keys, then remarks (the server's key file is not on this machine: its own chains prove less here)."""
    findings: list[Finding] = []
    remarks: list[str] = []
    enrolled = _enrolments()
    for key in SealingKey.objects.order_by("register", "generation"):
        name = f"{key.register}-{key.generation}"
        if thumbprint(bytes(key.spki)) != key.thumbprint:
            findings.append(Finding(name, 0, "key_changed", "la clé publique n’a plus son empreinte"))
        elif key.register == SERVER:
            findings += _odd_columns(key, _OF_THE_SERVER)
            _check_server_key(key, findings, remarks)
            if key.generation > 1:
                findings += _check_succession(key)
        else:
            sealed = enrolled.pop((key.register, key.generation), None)
            if sealed is None or sealed.body["enrolled"]["thumbprint"] != key.thumbprint:
                findings.append(Finding(name, 0, "key_not_enrolled", "aucune inscription scellée ne nomme cette clé"))
            else:
                findings += _odd_columns(key, _of_the_enrolment(sealed))
    for register, generation in sorted(enrolled):
        findings.append(
            Finding(f"{register}-{generation}", 0, "key_missing", "la clé d’une inscription scellée manque")
        )
    return findings, remarks


def _enrolments() -> dict[tuple[str, int], Sealed]:
    """The sealed enrolments by the register and generation that they name; the last one has the word."""
    found: dict[tuple[str, int], Sealed] = {}
    for record in enrolment_records():
        try:
            sealed = read_sealed(envelope_of(record))
            said = sealed.body["enrolled"]
            found[(said["register"], said["generation"])] = sealed
            said["thumbprint"]
        except (Fault, KeyError, TypeError):
            continue  # the walk of its chain says what is wrong with it
    return found


def _of_the_enrolment(sealed: Sealed) -> dict[str, Any]:
    """What the row of a register's key should say, in French the names of what it says."""
    body = sealed.body
    return {
        "l’inscription": (str, "enrolment", sealed.id),
        "l’établissement": (str, "establishment", body["establishment"]),
        "l’adresse": (str, "origin", body["enrolled"].get("origin")),
        "la date": (instant_text, "added_at", body["at"]),
    }


_OF_THE_SERVER: dict[str, Any] = {
    "l’inscription": (lambda value: value, "enrolment", None),
    "l’établissement": (str, "establishment", ""),
    "l’adresse": (str, "origin", ""),
}


def _odd_columns(key: SealingKey, expected: dict[str, Any]) -> list[Finding]:
    odd = [
        name for name, (spelled, column, sealed) in expected.items() if spelled(getattr(key, column)) != sealed
    ]  # fmt: skip
    if not odd:
        return []
    detail = f"la ligne de la clé dit autre chose que ce qui fut scellé avec elle : {', '.join(odd)}"
    return [Finding(f"{key.register}-{key.generation}", 0, "key_changed", detail)]


def _check_server_key(key: SealingKey, findings: list[Finding], remarks: list[str]) -> None:
    try:
        mine = public_bytes(load_server_key(key.generation).public_key())
    except ServerKeyMissing:
        if key.generation == latest_generation(SERVER):  # the former ones leave the machine when they are replaced
            remarks.append(
                f"La clé du serveur S-{key.generation} n’est pas sur cette machine : seule sa trace est vérifiée."
            )
        return
    if mine != bytes(key.spki):
        findings.append(Finding(f"S-{key.generation}", 0, "key_changed", "ce n’est pas la clé de ce serveur"))


def _check_succession(key: SealingKey) -> list[Finding]:
    """A later key of the server: its first event names it and seals where the former chains ended; nothing was added to
    them since; and when the former key announced a successor, it is this one."""
    name = f"S-{key.generation}"
    opening = _change_in(f"{name}-event", first=True)
    if opening is None or opening.get("generation") != key.generation:
        return [Finding(name, 0, "key_not_announced", "aucun événement scellé n’ouvre cette clé")]
    before = SealingKey.objects.filter(register=SERVER, generation__lt=key.generation).aggregate(last=Max("generation"))
    former_name = f"S-{before['last'] or key.generation - 1}"  # a copy put back skips the numbers it cannot know
    announced = _change_in(f"{former_name}-event", first=False)
    if announced is None or announced.get("generation") != key.generation:
        announced = {"thumbprint": key.thumbprint}  # the former key was lost: it announced nobody
    if announced.get("thumbprint") != key.thumbprint:
        return [Finding(name, 0, "key_not_announced", "la clé précédente en annonçait une autre")]
    if "thumbprint" not in opening:  # changes from before heads were sealed
        return []
    if opening["thumbprint"] != key.thumbprint:
        return [Finding(name, 0, "key_not_announced", "son premier événement nomme une autre clé")]
    ended = {chain: seq for chain, seq, _ in heads_of_change(opening)}
    former = [chain for chain in chain_names() if chain.startswith(f"{former_name}-")]
    return [
        Finding(
            chain, ended.get(chain, 0) + 1, "sealed_after_change", f"ajouté après la fin de la clé, dite par {name}"
        )
        for chain, head in sorted(heads_of(former).items())
        if head.seq > ended.get(chain, 0)
    ]


def _change_in(chain: str, *, first: bool) -> dict[str, Any] | None:
    """The detail of the first, or the last, event of a chain when it is a change of the server's key."""
    records = Record.objects.filter(chain=chain).order_by("seq" if first else "-seq")
    event = Event.objects.filter(record_id=records.values_list("id", flat=True).first()).first()
    if event is None or event.code != SERVER_KEY_CHANGED:
        return None
    try:
        return json.loads(event.detail)
    except ValueError:
        return None

"""Keys against the sealed enrolments that name them: a key slipped in, or taken away, would reseal everything else."""

from ..chain_check import Finding
from ..chains import SERVER
from ..models import Record, SealingKey
from ..queries import envelope_of
from ..sealed import Fault, read_sealed
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
            _check_server_key(key, findings, remarks)
        elif enrolled.pop((key.register, key.generation), None) != key.thumbprint:
            findings.append(Finding(name, 0, "key_not_enrolled", "aucune inscription scellée ne nomme cette clé"))
    for register, generation in sorted(enrolled):
        findings.append(
            Finding(f"{register}-{generation}", 0, "key_missing", "la clé d’une inscription scellée manque")
        )
    return findings, remarks


def _enrolments() -> dict[tuple[str, int], str]:
    """Thumbprints by register and generation, as the sealed enrolments say them."""
    found: dict[tuple[str, int], str] = {}
    for record in Record.objects.filter(register=SERVER, type="enrolment").order_by("chain", "seq"):
        try:
            said = read_sealed(envelope_of(record)).body["enrolled"]
        except (Fault, KeyError):
            continue  # the walk of its chain says what is wrong with it
        found[(said["register"], said["generation"])] = said["thumbprint"]
    return found


def _check_server_key(key: SealingKey, findings: list[Finding], remarks: list[str]) -> None:
    try:
        mine = public_bytes(load_server_key(key.generation).public_key())
    except ServerKeyMissing:
        remarks.append(
            f"La clé du serveur S-{key.generation} n’est pas sur cette machine : seule sa trace est vérifiée."
        )
        return
    if mine != bytes(key.spki):
        findings.append(Finding(f"S-{key.generation}", 0, "key_changed", "ce n’est pas la clé de ce serveur"))

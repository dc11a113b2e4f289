"""Enrolment keys of registers: a key enters the dossier only with the sealed record that names it."""

from datetime import datetime
from typing import Any

from ..models import SealingKey
from ..projection import sealable
from ..queries import latest_generation, register_heads
from ..restorations import next_generation
from ..sealed import Sealed, signature_digest
from ..signatures import load_public_key, public_bytes, thumbprint
from .seal_on_server import Operator, lock_chain, seal_on_server


def enrol_key(
    register: str,
    *,
    spki: bytes,
    establishment: str,
    origin: str,
    perpetual: dict[str, int],
    operator: Operator | None,
    now: datetime,
) -> tuple[SealingKey, Sealed]:
    """Adds a register's next generation and its key, sealed by the server. Runs inside a transaction.

    Raises KeyRefused for anything but a P-256 key; IntegrityError for a key that already served."""
    spki = public_bytes(load_public_key(spki))  # one spelling of the key, whatever came
    origin = sealable(origin)
    lock_chain(f"enrol-{register}")
    former, generation = latest_generation(register), next_generation(register)
    fields = {
        "enrolled": {
            "register": register,
            "generation": generation,
            "thumbprint": thumbprint(spki),
            "origin": origin,
            "perpetual": perpetual,
            "continues": _former_heads(register, generation=former),
        }
    }
    sealed = seal_on_server("enrolment", fields=fields, operator=operator, establishment=establishment, now=now)
    key = SealingKey.objects.create(
        thumbprint=thumbprint(spki), register=register, generation=generation, spki=spki, establishment=establishment,
        origin=origin, enrolment=sealed.id, added_at=now,
    )  # fmt: skip
    return key, sealed


def _former_heads(register: str, *, generation: int) -> list[dict[str, Any]]:
    """Where each chain of the generation before stands, as far as the server knows."""
    prefix = f"{register}-{generation}-"
    return [
        {"chain": chain, "seq": head.seq, "digest": signature_digest(head.signature)}
        for chain, head in sorted(register_heads(register).items())
        if chain.startswith(prefix)
    ]

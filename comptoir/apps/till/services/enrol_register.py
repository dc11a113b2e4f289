"""Letting a device in as a register: a manager's one-time code, proof of a new key, a sealed enrolment, a token.

Each enrolment is a new generation of the register: its chains start again at 1 under another name, so no printed number
recurs. The token is shown once and kept as a hash; revoking it shuts the device out at its next call."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from comptoir.apps.access.queries import has_right
from comptoir.apps.fiscal import event_codes as codes
from comptoir.apps.fiscal.queries import enrolment_of, latest_generation, server_public_key
from comptoir.apps.fiscal.services.add_key import enrol_key
from comptoir.apps.fiscal.services.seal_on_server import Operator, log_event
from comptoir.apps.fiscal.signatures import KeyRefused, load_public_key, public_bytes, signature_holds, thumbprint
from comptoir.apps.settings.queries import register_by_code

from ..models import Device, EnrolmentCode
from ..queries import perpetual_of

CODE_LIFE = timedelta(minutes=30)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are taken for one another
_CODE_LENGTH = 10  # 49 bits, for half an hour
PROOF = "comptoir-enrol:"


class EnrolmentRefused(Exception):
    """The device is not let in; `code` says why. Nothing was written."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAllowed(Exception):
    """The person lacks the right to enrol or to revoke registers."""


class Enrolment(NamedTuple):
    """What the device learns, once: its token, and the sealed record that lets it in."""

    token: str
    register: str
    name: str
    generation: int
    establishment: str
    perpetual: dict[str, int]
    server_key: bytes
    record: dict[str, Any]


def create_enrolment_code(register: str, *, by: Any = None, now: datetime | None = None) -> str:
    """A new one-time code for this register, valid 30 minutes; `by` is the person who asks (None: the command line).

    Raises NotAllowed without the right `registers.enrol`, EnrolmentRefused("unknown_register") for a register that does
    not exist, is out of service or bears the server's own name."""
    now = now or timezone.now()
    if by is not None and not has_right(by, "registers.enrol"):
        raise NotAllowed("registers.enrol")
    known = register_by_code(register)
    if known is None or not known.active or known.code == "S":
        raise EnrolmentRefused("unknown_register")
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    EnrolmentCode.objects.create(
        digest=_code_digest(code), register_id=register, created_by=by.name if by is not None else "", created_at=now,
        expires_at=now + CODE_LIFE,
    )  # fmt: skip
    return f"{code[:5]}-{code[5:]}"


def enrol_register(code: str, *, spki: bytes, proof: str, origin: str, now: datetime | None = None) -> Enrolment:
    """Enrols the device that holds the key as the register the code was made for.

    The same code with the same key again (an answer that was lost) gives a fresh token for the same generation.
    Raises EnrolmentRefused: `unknown_code`, `code_expired`, `code_used`, `bad_key`, `bad_proof`."""
    now = now or timezone.now()
    try:
        key = load_public_key(spki)
    except KeyRefused as problem:
        raise EnrolmentRefused("bad_key") from problem
    if not signature_holds(key, text=PROOF + code, signature=proof):
        raise EnrolmentRefused("bad_proof")
    spki = public_bytes(key)
    with transaction.atomic():
        known = _spend(code, now=now)
        device = Device.objects.filter(thumbprint=thumbprint(spki)).first()
        if known.used_at is not None and (device is None or device.register_id != known.register_id):
            raise EnrolmentRefused("code_used")
        if known.used_at is None and device is not None:
            raise EnrolmentRefused("bad_key")  # a key serves one enrolment
        EnrolmentCode.objects.filter(pk=known.pk).update(used_at=now)
        token = secrets.token_urlsafe(32)
        if device is None:
            device = _add_device(known, spki=spki, origin=origin, token=token, now=now)
        else:
            Device.objects.filter(pk=device.pk).update(token_digest=token_digest(token))
        return _answer(device, token=token)


def revoke_device(register: str, *, generation: int, by: Any = None, now: datetime | None = None) -> bool:
    """Shuts a device out from its next call on; an event tells it. False when it already was, or never existed.

    Raises NotAllowed without the right `registers.enrol`."""
    if by is not None and not has_right(by, "registers.enrol"):
        raise NotAllowed("registers.enrol")
    with transaction.atomic():
        devices = Device.objects.filter(register_id=register, generation=generation, revoked_at=None)
        changed = devices.update(revoked_at=now or timezone.now(), revoked_by=by.name if by is not None else "")
        if changed:
            detail = {"register": register, "generation": generation}
            log_event(codes.WORKSTATION_REMOVED, detail=detail, operator=_operator(by))
    return bool(changed)


def token_digest(token: str) -> str:
    """How a device's token is kept."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _operator(by: Any) -> Operator | None:
    return None if by is None else {"id": str(by.pk), "name": by.name}


def _code_digest(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"enrolment:{plain}".encode()).hexdigest()


def _spend(code: str, *, now: datetime) -> EnrolmentCode:
    codes_of_now = EnrolmentCode.objects
    if connection.features.has_select_for_update:
        codes_of_now = codes_of_now.select_for_update()
    known = codes_of_now.filter(digest=_code_digest(code)).first()
    if known is None:
        raise EnrolmentRefused("unknown_code")
    if known.expires_at < now:
        raise EnrolmentRefused("code_expired")
    return known


def _add_device(known: EnrolmentCode, *, spki: bytes, origin: str, token: str, now: datetime) -> Device:
    register = known.register
    again = latest_generation(register.code) > 0
    key, sealed = enrol_key(
        register.code, spki=spki, establishment=register.establishment.number, origin=origin[:200],
        perpetual=perpetual_of(register.code), operator=None, now=now,
    )  # fmt: skip
    detail = {
        "register": register.code,
        "generation": key.generation,
        "thumbprint": key.thumbprint,
        "by": known.created_by,
    }
    log_event(codes.ENROLLED_AGAIN if again else codes.WORKSTATION_ADDED, detail=detail)
    return Device.objects.create(
        token_digest=token_digest(token), register=register, generation=key.generation, thumbprint=key.thumbprint,
        origin=key.origin, enrolled_at=now,
    )  # fmt: skip


def _answer(device: Device, *, token: str) -> Enrolment:
    register = device.register
    sealed = enrolment_of(register.code, generation=device.generation)
    assert sealed is not None, "a device is created with its sealed enrolment"
    return Enrolment(
        token, register.code, register.name, device.generation, register.establishment.number,
        sealed.body["enrolled"]["perpetual"], server_public_key(), sealed.envelope,
    )  # fmt: skip

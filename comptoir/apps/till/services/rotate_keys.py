"""Changing the keys that seal, on demand: the server's, or a register's. Old keys stay known: what they sealed is verified
for ever; the new chains seal where the old ones ended."""

from datetime import datetime
from typing import Any

from django.db import transaction

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import REGISTER_KEY_CHANGED
from comptoir.apps.fiscal.queries import latest_generation
from comptoir.apps.fiscal.services.change_server_key import change_server_key
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.treasury.queries import open_session_of

from ..models import Device
from .enrol_register import create_enrolment_code, revoke_device


class RotationRefused(Exception):
    """The key is not changed; `code` says why. Nothing was written."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rotate_server_key(*, by: Any) -> int:
    """A new key for the server's own seals; returns its generation. Raises RightMissing without `keys.rotate`."""
    require_right(by, right="keys.rotate")
    return change_server_key(operator={"id": str(by.pk), "name": by.name})


def rotate_register_key(register: str, *, by: Any, lost: bool = False, now: datetime | None = None) -> str:
    """Ends the present key of a register and gives the one-time code by which its till enrols with a new one.

    The register goes on as its next generation, whose enrolment seals the heads of this one. Unless the key is lost with
    its till, the drawer must be closed first: a Z seals the old generation whole.
    Raises RightMissing without `keys.rotate`; RotationRefused: `no_device`, `session_open`."""
    require_right(by, right="keys.rotate")
    generation = latest_generation(register)
    if not Device.objects.filter(register_id=register, generation=generation, revoked_at=None).exists():
        raise RotationRefused("no_device")
    if not lost and open_session_of(register) is not None:
        raise RotationRefused("session_open")
    with transaction.atomic():
        detail = {"register": register, "generation": generation, "lost": int(lost)}
        log_event(REGISTER_KEY_CHANGED, detail=detail, operator={"id": str(by.pk), "name": by.name})
        revoke_device(register, generation=generation, by=by, now=now)
        return create_enrolment_code(register, by=by, now=now)

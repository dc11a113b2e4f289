"""Registers added and renamed by the owner. A register is never erased: its sealed records carry its code."""

from django.db import transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.settings.models import Establishment, Register
from comptoir.apps.settings.services.set_up_company import SettingsRefused, add_register


@transaction.atomic
def open_register(code: str, *, name: str, establishment: Establishment, by: User) -> Register:
    """Add a register: its code enters the number of every ticket it will seal, and never changes.

    Needs `settings.edit`; an event 270 says it. Raises RightMissing, SettingsRefused (malformed or taken code, no name);
    nothing is written then."""
    require_right(by, right="settings.edit")
    register = add_register(code, name=_checked_name(name), establishment=establishment)
    _tell(register, by=by)
    return register


@transaction.atomic
def rename_register(register: Register, *, name: str, by: User) -> None:
    """Change the name that screens and reports show; the code stays. Needs `settings.edit`; a change is an event 270.

    Raises RightMissing, SettingsRefused; nothing is written then."""
    require_right(by, right="settings.edit")
    checked = _checked_name(name)
    if register.name == checked:
        return
    register.name = checked
    register.save()
    _tell(register, by=by)


def _checked_name(name: str) -> str:
    name = name.strip()[:60]
    if not name:
        raise SettingsRefused("Donnez un nom à la caisse, par exemple « Caisse du fond ».")
    return name


def _tell(register: Register, *, by: User) -> None:
    detail = {"setting": "register", "fields": [f"{register.code} {register.name}"]}
    log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})

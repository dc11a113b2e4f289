"""The owner chooses who receives the heads of the chains each day: an accountant, a second mailbox."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.anchor_address import AnchorAddress, anchor_address, keep_anchor_address
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.services.seal_on_server import log_event


def change_anchor_address(address: str, *, by: User) -> None:
    """From now on the day's anchor is mailed to this address; to nobody when it is empty. The change is an event 270.

    Raises RightMissing without `settings.edit`, ValidationError for what is no address: nothing is written then."""
    require_right(by, right="settings.edit")
    address = address.strip()
    if address:
        try:
            validate_email(address)
        except ValidationError as problem:
            raise ValidationError(_("Cette adresse n’a pas la forme nom@domaine.")) from problem
    if address == anchor_address().address:
        return
    with transaction.atomic():
        detail = {"setting": "anchor_mail", "value": 1 if address else 0}
        log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})
        keep_anchor_address(AnchorAddress(address, ""))

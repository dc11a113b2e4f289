"""Changes of people and rights go into the sealed journal of technical events (code 130)."""

from comptoir.apps.access.models import User
from comptoir.apps.fiscal.services.seal_on_server import log_event

RIGHTS_CHANGED = 130


def record_change(change: str, *, by: User, subject: str, **detail: str | int) -> None:
    """Seal who changed what for whom; inside the caller's transaction, so that neither exists without the other."""
    operator = {"id": str(by.pk), "name": by.name}
    log_event(RIGHTS_CHANGED, detail={"change": change, "subject": subject, **detail}, operator=operator)

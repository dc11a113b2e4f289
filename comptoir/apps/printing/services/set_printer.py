"""Gives a register its printer."""

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.printing.models import Printer


def set_printer(
    register: str,
    *,
    by: User,
    address: str,
    columns: int = 48,
    page: str = "cp1252",
    drawer_pin: int = 2,
    active: bool = True,
) -> Printer:
    """Sets the printer of a register, replacing the one it had. Raises RightMissing. The database refuses columns, page and pin that no
    printer has; whether the address answers is seen when something is printed."""
    require_right(by, right="printing.manage")
    printer, _ = Printer.objects.update_or_create(
        register=register,
        defaults={"address": address, "columns": columns, "page": page, "drawer_pin": drawer_pin, "active": active},
    )
    return printer

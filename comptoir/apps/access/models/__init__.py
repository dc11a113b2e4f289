from comptoir.apps.access.models.right import RoleLimit, RoleRight
from comptoir.apps.access.models.session import Session
from comptoir.apps.access.models.throttle import Throttle
from comptoir.apps.access.models.user import Anonymous, User

__all__ = ["Anonymous", "RoleLimit", "RoleRight", "Session", "Throttle", "User"]

"""People for the tests: one of each role."""

from comptoir.apps.access.models import User
from comptoir.apps.access.services.manage_users import create_owner, create_user

PASSWORD = "le marché du samedi"


def one_of_each() -> dict[str, User]:
    owner = create_owner("claire", name="Claire Martin", password=PASSWORD)
    people = {"owner": owner}
    for role in ("manager", "cashier", "auditor"):
        people[role] = create_user(role, name=f"Une {role}", role=role, by=owner, password=PASSWORD)
    return people

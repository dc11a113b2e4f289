"""Who may do what: the whole matrix, as a shopkeeper reads it."""

import pytest

from comptoir.apps.access.models import RoleRight
from comptoir.apps.access.queries import cashiers, has_right, limit_of, rights_of, till_limits
from comptoir.apps.access.refusals import RightMissing, UserRefused
from comptoir.apps.access.rights import LIMITS, OWNER_ALWAYS, RIGHTS
from comptoir.apps.access.services.manage_rights import set_role_limit, set_role_right
from comptoir.apps.access.services.manage_users import deactivate_user
from comptoir.apps.access.services.require_right import require_right, require_within_limit
from comptoir.dossiers.binding import Dossier
from tests.apps.access.people import one_of_each

# owner, manager, cashier, auditor
MATRIX = {
    "till.sell": "omc-", "till.open_session": "omc-", "till.close_session": "omc-", "till.x_report": "omc-",
    "till.cash_move": "omc-", "till.delete_line": "omc-", "till.open_price": "omc-", "till.change_price": "om--",
    "till.discount_line": "omc-", "till.discount_basket": "omc-", "till.refund": "omc-",
    "till.refund_without_ticket": "om--", "till.cancel_ticket": "om--", "till.correct_tender": "om--",
    "till.open_drawer": "om--",
    "till.reprint": "omc-", "till.training": "om--", "till.blind_count_off": "o---",
    "office.home": "om-a", "catalog.view": "om-a", "catalog.edit": "om--", "catalog.import": "om--",
    "catalog.cost": "om-a", "tickets.view": "om-a", "closings.view": "om-a", "closings.reprint": "om-a",
    "closings.close_period": "om--", "closings.set_aside": "o---", "archives.purge": "o---", "treasury.view": "om-a",
    "treasury.move": "om--", "books.view": "om-a", "books.accounts": "om--", "keys.rotate": "o---",
    "parties.view": "om-a", "parties.edit": "om--", "exports.create": "om-a", "printing.view": "om-a",
    "printing.manage": "om--", "settings.view": "om-a", "settings.edit": "o---", "registers.enrol": "om--",
    "users.view": "om-a", "users.manage": "om--", "rights.manage": "o---", "audit.view": "om-a",
    "dossier.maintain": "o---",
}  # fmt: skip
ROLES = ("owner", "manager", "cashier", "auditor")


def test_the_matrix_names_every_right() -> None:
    assert set(MATRIX) == set(RIGHTS)


def test_each_role_has_exactly_these_rights(dossier: Dossier) -> None:
    people = one_of_each()
    for right, row in MATRIX.items():
        for role, mark in zip(ROLES, row, strict=True):
            assert has_right(people[role], right) is (mark != "-"), (role, right)
            if mark == "-":
                with pytest.raises(RightMissing) as refusal:
                    require_right(people[role], right=right)
                assert RIGHTS[right].label in str(refusal.value)
            else:
                require_right(people[role], right=right)


def test_whoever_left_has_no_right(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    deactivate_user(people["manager"], by=people["owner"])
    assert [right for right in RIGHTS if has_right(people["manager"], right)] == []


def test_the_owner_changes_a_role(dossier: Dossier) -> None:
    people = one_of_each()
    set_role_right("cashier", right="till.open_drawer", granted=True, by=people["owner"])
    set_role_right("cashier", right="till.refund", granted=False, by=people["owner"])
    assert rights_of("cashier") == {
        right for right, row in MATRIX.items() if "c" in row and right != "till.refund"
    } | {"till.open_drawer"}  # fmt: skip
    carried = {row["role"]: row["rights"] for row in cashiers()}
    assert "till.open_drawer" in carried["cashier"] and "till.refund" not in carried["cashier"]
    assert set(carried) == {"owner", "manager", "cashier"}


@pytest.mark.parametrize("role", ["manager", "cashier", "auditor"])
def test_nobody_else_changes_rights(sqlite_dossier: Dossier, role: str) -> None:
    people = one_of_each()
    with pytest.raises(RightMissing):
        set_role_right("cashier", right="till.open_drawer", granted=True, by=people[role])
    with pytest.raises(RightMissing):
        set_role_limit("cashier", limit="discount_max_e4", value=9_999, by=people[role])
    assert RoleRight.objects.count() == 0
    assert limit_of("cashier", "discount_max_e4") == 1_000


def test_the_owner_cannot_be_locked_out_nor_an_auditor_let_in(sqlite_dossier: Dossier) -> None:
    owner = one_of_each()["owner"]
    for right in OWNER_ALWAYS:
        with pytest.raises(UserRefused):
            set_role_right("owner", right=right, granted=False, by=owner)
    for right in ("catalog.edit", "till.sell", "settings.edit"):
        with pytest.raises(UserRefused):
            set_role_right("auditor", right=right, granted=True, by=owner)
    RoleRight.objects.create(role="auditor", right="settings.edit", granted=True)  # written behind the service's back
    assert "settings.edit" not in rights_of("auditor")


def test_limits_are_data(dossier: Dossier) -> None:
    people = one_of_each()
    assert till_limits()["discount_max_e4"] == {"owner": 10_000, "manager": 5_000, "cashier": 1_000, "auditor": 0}
    require_within_limit(people["cashier"], limit="discount_max_e4", value=1_000)
    with pytest.raises(RightMissing):
        require_within_limit(people["cashier"], limit="discount_max_e4", value=1_001)
    set_role_limit("cashier", limit="discount_max_e4", value=1_500, by=people["owner"])
    require_within_limit(people["cashier"], limit="discount_max_e4", value=1_500)
    assert limit_of("cashier", "refund_max_minor") == LIMITS["refund_max_minor"].values["cashier"] == 10_000

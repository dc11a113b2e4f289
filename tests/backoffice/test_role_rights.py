"""Rights and limits of the roles: read by managers, changed by the owner alone, with the password typed again."""

import json

import pytest

from comptoir.apps.access.models import RoleLimit, RoleRight, Throttle
from comptoir.apps.access.queries import limit_of, rights_of
from comptoir.apps.access.rights import LIMITS, RIGHTS
from comptoir.apps.fiscal.models import Event
from tests.apps.access.people import PASSWORD

ADDRESS = "utilisateurs/droits/"
ROLES = ("owner", "manager", "cashier", "auditor")


def posted(page, **changes: str) -> dict[str, str]:
    form = page.context["form"]
    found = {name: form[name].value() for name in form.fields if name != "password"}
    return {name: "on" if value is True else value for name, value in found.items() if value is not False} | changes


def told() -> list[dict]:
    return [json.loads(event.detail) for event in Event.objects.filter(code=130).order_by("record__seq")][-3:]


def without(data: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in data.items() if key != name}


def test_the_owner_changes_rights_and_a_limit(shop, visit, at) -> None:
    owner = visit("owner")
    data = posted(owner.get(at(ADDRESS)), password=PASSWORD)
    data |= {"till.open_drawer:cashier": "on", "cash_out_max_minor:cashier": "50,00"}
    assert owner.post(at(ADDRESS), without(data, "catalog.edit:manager")).status_code == 302
    assert "till.open_drawer" in rights_of("cashier") and "catalog.edit" not in rights_of("manager")
    assert limit_of("cashier", "cash_out_max_minor") == 5_000
    assert (RoleRight.objects.count(), RoleLimit.objects.count()) == (2, 1)
    assert sorted(one["change"] for one in told()) == ["limit_changed", "right_granted", "right_withdrawn"]
    assert visit("manager").get(at("articles/nouveau/")).status_code == 403


@pytest.mark.parametrize("password", ["", "autre chose encore"])
def test_without_the_password_nothing_changes(shop, visit, at, password: str) -> None:
    owner, before = visit("owner"), Event.objects.count()
    data = posted(owner.get(at(ADDRESS)), password=password) | {"till.open_drawer:cashier": "on"}
    assert owner.post(at(ADDRESS), data).status_code == 422
    assert ("till.open_drawer" in rights_of("cashier"), RoleRight.objects.count(), Event.objects.count()) == (
        False,
        0,
        before,
    )
    assert Throttle.objects.filter(failures=1).count() == (1 if password else 0)  # guessing is slowed down here too


def test_a_manager_reads_and_changes_nothing(shop, visit, at) -> None:
    manager = visit("manager")
    page = manager.get(at(ADDRESS))
    assert (page.status_code, 'type="checkbox"' in page.content.decode()) == (200, False)
    answer = manager.post(at(ADDRESS), posted(page, password=PASSWORD) | {"rights.manage:manager": "on"})
    assert (answer.status_code, RoleRight.objects.count()) == (422, 0)


def test_what_is_fixed_stays(shop, visit, at) -> None:
    """The owner keeps the keys and an auditor writes nothing, whatever is posted."""
    owner = visit("owner")
    data = posted(owner.get(at(ADDRESS)), password=PASSWORD) | {"till.sell:auditor": "on"}
    assert owner.post(at(ADDRESS), without(data, "rights.manage:owner")).status_code == 302
    assert ("rights.manage" in rights_of("owner"), "till.sell" in rights_of("auditor")) == (True, False)
    assert RoleRight.objects.count() == 0


def test_a_page_gone_stale_does_not_grant_again_what_was_withdrawn(shop, visit, at) -> None:
    owner = visit("owner")
    stale = posted(owner.get(at(ADDRESS)), password=PASSWORD)
    assert owner.post(at(ADDRESS), without(stale, "till.refund:cashier")).status_code == 302
    answer = owner.post(at(ADDRESS), stale | {"cash_out_max_minor:cashier": "50,00"})
    assert (answer.status_code, "a été modifiée ailleurs" in answer.content.decode()) == (422, True)
    assert ("till.refund" in rights_of("cashier"), limit_of("cashier", "cash_out_max_minor")) == (False, 10_000)
    assert (RoleRight.objects.count(), RoleLimit.objects.count()) == (1, 0)


def test_the_table_as_a_file(shop, visit, at) -> None:
    answer = visit("auditor").get(at(ADDRESS + "?export=csv"))
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(RIGHTS)
    assert rows[1] == "Encaisser;oui;oui;oui;non"
    assert len(LIMITS) == 3

"""One's own open sessions: seen, closed one by one or all but this one; nobody else's can be."""

import pytest

from comptoir.apps.access.models import Session, Throttle
from comptoir.backoffice.people.connections import device_words
from tests.apps.access.people import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox sur Linux"), (CHROME, "Chrome sur Windows"), (CHROME + " Edg/141.0", "Edge sur Windows"),
        (CHROME.replace("Chrome", "HeadlessChrome"), "Chrome sur Windows"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari sur iPad"),
        ("curl/8", "Navigateur"), ("", "Navigateur"),
    ],
)  # fmt: skip
def test_a_browser_is_named(agent: str, words: str) -> None:
    assert device_words(agent) == words


def keys(shop, role: str) -> list[str]:
    return list(
        Session.objects.filter(user=shop.people[role]).order_by("created_at").values_list("session_key", flat=True)
    )


def test_a_lost_device_is_closed_from_another(shop, visit, at) -> None:
    lost = visit("manager")
    [lost_key] = keys(shop, "manager")
    here = visit("manager")
    page = here.get(at("mes-connexions/")).content.decode()
    assert (page.count("mes-connexions/"), page.count("cet appareil"), lost_key in page) == (4, 1, True)
    assert here.post(at(f"mes-connexions/{lost_key}/")).status_code == 302
    assert lost.get(at("articles/")).status_code == 302  # back to the login
    assert (here.get(at("articles/")).status_code, len(keys(shop, "manager"))) == (200, 1)


def test_all_but_this_one(shop, visit, at) -> None:
    others, here = [visit("owner") for _ in range(2)], visit("owner")
    assert here.post(at("mes-connexions/autres/")).status_code == 302
    assert [one.get(at("")).status_code for one in (*others, here)] == [302, 302, 200]


def test_nobody_closes_the_session_of_another(shop, visit, at) -> None:
    owner, cashier = visit("owner"), visit("cashier")
    [key] = keys(shop, "owner")
    assert key not in cashier.get(at("mes-connexions/")).content.decode()
    assert cashier.post(at(f"mes-connexions/{key}/")).status_code == 302
    assert (keys(shop, "owner"), owner.get(at("")).status_code) == ([key], 200)


def test_closing_the_one_in_hand_logs_out(shop, visit, at) -> None:
    here = visit("owner")
    [key] = keys(shop, "owner")
    assert here.post(at(f"mes-connexions/{key}/"))["Location"] == at("connexion/")
    assert (keys(shop, "owner"), here.get(at("")).status_code) == ([], 302)


def test_a_purge_asks_for_the_password(shop, visit, at) -> None:
    """No archive of this name exists: with the password it is not found, without it nobody even looks."""
    address = at("archives/0192f0c1-0000-7000-8000-000000000001/purger/")
    owner = visit("owner")
    refused = owner.post(address, {"password": "pas le bon"}, follow=True).content.decode()
    assert ("mot de passe non reconnu" in refused, Throttle.objects.filter(failures=1).count()) == (True, 1)
    Throttle.objects.all().delete()
    assert "mot de passe non reconnu" not in owner.post(address, {"password": PASSWORD}, follow=True).content.decode()


def test_a_manager_closes_the_sessions_of_somebody(shop, visit, at) -> None:
    owner, manager = visit("owner"), visit("manager")
    address = f"utilisateurs/{shop.people['owner'].pk}/"
    assert "1 appareil connecté" in manager.get(at(address)).content.decode()
    assert manager.post(at(address + "connexions/")).status_code == 302
    assert (keys(shop, "owner"), owner.get(at("")).status_code) == ([], 302)
    assert visit("auditor").post(at(address + "connexions/")).status_code == 403


def test_ones_own_password_asks_for_the_one_before(shop, visit, at) -> None:
    client, fresh = visit("manager"), "une phrase toute neuve"
    form = {"password": fresh, "again": fresh}
    before = shop.people["manager"].password
    for current in ("", "pas le bon mot"):
        assert client.post(at("mon-mot-de-passe/"), form | {"current": current}).status_code == 422
        shop.people["manager"].refresh_from_db()
        assert shop.people["manager"].password == before
    Throttle.objects.all().delete()
    assert client.post(at("mon-mot-de-passe/"), form | {"current": PASSWORD}).status_code == 302
    shop.people["manager"].refresh_from_db()
    assert shop.people["manager"].password != before
    assert client.get(at("")).status_code == 302  # its sessions are closed


def test_an_unlocked_screen_does_not_give_its_person_another_password(shop, visit, at) -> None:
    """The page of people changes others' passwords; one's own is asked for first."""
    owner, client = shop.people["owner"], visit("owner")
    page = client.get(at(f"utilisateurs/{owner.pk}/")).content.decode()
    assert f"utilisateurs/{owner.pk}/mot-de-passe/" not in page and "mon-mot-de-passe/" in page
    answer = client.post(at(f"utilisateurs/{owner.pk}/mot-de-passe/"), {"password": "une tout autre phrase"})
    assert (answer.status_code, answer["Location"]) == (302, at("mon-mot-de-passe/"))
    before = owner.password
    owner.refresh_from_db()
    assert owner.password == before

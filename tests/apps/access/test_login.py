"""Guessing is slow, honest people are not punished, sessions end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from comptoir.apps.access.models import Session, Throttle, User
from comptoir.apps.access.refusals import CredentialsRefused, MustWait
from comptoir.apps.access.services.authenticate import authenticate, lift_wait
from comptoir.apps.access.services.manage_users import create_owner, deactivate_user
from comptoir.apps.access.services.open_session import close_sessions_of
from comptoir.apps.access.services.set_password import set_password
from comptoir.dossiers.binding import Dossier, bound
from tests.apps.access.people import PASSWORD, one_of_each

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def refuse(login: str, *, at: datetime, device: str | None = None) -> int:
    """One wrong try; returns the seconds it was told to wait (0: it was looked at)."""
    try:
        authenticate(login, password="pas celle-là du tout", device=device, now=at)
    except MustWait as wait:
        return wait.seconds
    except CredentialsRefused:
        return 0
    raise AssertionError("let in")


def test_the_right_password_opens(dossier: Dossier) -> None:
    people = one_of_each()
    assert authenticate(" Claire ", password=PASSWORD, device="d1", now=NOON) == people["owner"]
    assert Throttle.objects.count() == 0


def test_waits_grow_from_one_second_to_a_minute(dossier: Dossier) -> None:
    one_of_each()
    at, waits = NOON, []
    for _ in range(9):
        assert refuse("claire", at=at) == 0
        waits.append(refuse("claire", at=at))
        at += timedelta(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    with pytest.raises(MustWait):
        authenticate("claire", password=PASSWORD, device=None, now=at - timedelta(seconds=1))
    assert authenticate("claire", password=PASSWORD, device=None, now=at).login == "claire"
    assert refuse("claire", at=at) == 0  # and the count starts again


def test_others_are_not_slowed(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    for step in range(5):
        refuse("claire", at=NOON + timedelta(minutes=step))
    assert authenticate("manager", password=PASSWORD, device=None, now=NOON + timedelta(minutes=4)) == people["manager"]


def test_a_device_that_tries_everybody_is_slowed(sqlite_dossier: Dossier) -> None:
    one_of_each()
    assert refuse("claire", at=NOON, device="d1") == 0
    assert refuse("manager", at=NOON, device="d1") == 1
    assert refuse("manager", at=NOON, device="d2") == 0


def test_an_unknown_person_waits_the_same(sqlite_dossier: Dossier) -> None:
    assert [refuse("personne", at=NOON), refuse("personne", at=NOON)] == [0, 1]
    assert Throttle.objects.get().key != "personne"


def test_a_manager_lifts_the_wait(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    refuse("claire", at=NOON)
    lift_wait("claire")
    assert authenticate("claire", password=PASSWORD, device=None, now=NOON) == people["owner"]


def test_whoever_left_or_has_no_password_cannot_log_in(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    deactivate_user(people["manager"], by=people["owner"])
    User.objects.filter(pk=people["cashier"].pk).update(password="")
    assert refuse("manager", at=NOON) == 0
    with pytest.raises(CredentialsRefused):
        authenticate("cashier", password="", device=None, now=NOON)


def test_twelve_tries_at_once_are_one_look_and_eleven_waits(dossier_copy: Dossier, django_db_blocker) -> None:
    create_owner("claire", name="Claire", password=PASSWORD)
    outcomes: list[int] = []

    def guess() -> None:
        with django_db_blocker.unblock(), bound(dossier_copy):
            outcomes.append(refuse("claire", at=NOON))
            connections["default"].close()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0] + [1] * 11


class TestSessions:
    @pytest.fixture
    def page(self, sqlite_dossier: Dossier) -> str:
        return f"/d/{sqlite_dossier.slug}/deconnexion/"  # asks for a session: 401 without

    @pytest.fixture
    def logged_in(self, sqlite_dossier: Dossier, client: Client) -> Client:
        one_of_each()
        client.post(f"/d/{sqlite_dossier.slug}/connexion/", {"login": "claire", "password": PASSWORD})
        return client

    def is_open(self, client: Client, page: str) -> bool:
        return client.get(page).status_code == 405  # let through the gate, then refused for its method

    def test_idle_for_a_quarter_of_an_hour_it_is_over(self, logged_in: Client, page: str) -> None:
        assert self.is_open(logged_in, page)
        Session.objects.update(expire_date=timezone.now())
        assert not self.is_open(logged_in, page)

    def test_use_prolongs_it_but_never_beyond_twelve_hours(self, logged_in: Client, page: str) -> None:
        session = Session.objects.get()
        assert session.expire_date - session.seen_at == timedelta(minutes=15)
        born = timezone.now() - timedelta(hours=11, minutes=50)
        from comptoir.apps.access.session_store import SessionStore

        key = logged_in.cookies[f"comptoir-session-{page.split('/')[2]}"].value
        store = SessionStore(key)
        store["opened_at"] = born.isoformat()
        store.save()
        Session.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
        assert self.is_open(logged_in, page)
        assert Session.objects.get().expire_date == born + timedelta(hours=12)

    def test_logging_out_ends_it_for_good(self, logged_in: Client, page: str, sqlite_dossier: Dossier) -> None:
        name = f"comptoir-session-{sqlite_dossier.slug}"
        key = logged_in.cookies[name].value
        answer = logged_in.post(page)
        assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"cache"')
        assert Session.objects.count() == 0
        logged_in.cookies[name] = key
        assert not self.is_open(logged_in, page)

    def test_a_new_password_or_a_departure_closes_them(self, logged_in: Client, page: str) -> None:
        owner = User.objects.get(login="claire")
        set_password(owner, password="une phrase toute neuve", by=owner)
        assert Session.objects.count() == 0
        assert not self.is_open(logged_in, page)

    def test_they_can_be_closed_from_elsewhere(self, logged_in: Client, page: str) -> None:
        owner = User.objects.get(login="claire")
        assert close_sessions_of(owner, by=owner) == 1
        assert not self.is_open(logged_in, page)

    def test_the_key_changes_at_login(self, sqlite_dossier: Dossier, client: Client) -> None:
        one_of_each()
        name, address = f"comptoir-session-{sqlite_dossier.slug}", f"/d/{sqlite_dossier.slug}/connexion/"
        client.cookies[name] = "fixe" * 8
        client.post(address, {"login": "claire", "password": PASSWORD})
        first = client.cookies[name].value
        client.post(address, {"login": "claire", "password": PASSWORD})
        assert len({"fixe" * 8, first, client.cookies[name].value}) == 3
        assert Session.objects.count() == 1

    def test_a_session_of_another_dossier_opens_nothing(self, logged_in: Client, page: str) -> None:
        """Even when its row was copied into this dossier: it carries the id of its own."""
        from comptoir.apps.access.session_store import SessionStore

        store = SessionStore(logged_in.cookies[f"comptoir-session-{page.split('/')[2]}"].value)
        store["dossier"] = "00000000-0000-0000-0000-000000000000"
        store.save()
        assert not self.is_open(logged_in, page)
        assert Session.objects.count() == 0

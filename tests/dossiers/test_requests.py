"""A request opens the dossier that its path names, and nothing else."""

import pytest
from django.test import Client

from comptoir.apps.access.models import Session, User
from comptoir.apps.access.services.manage_users import create_owner
from comptoir.dossiers.binding import Dossier, current_dossier

PASSWORD = "une phrase à soi, longue"


@pytest.fixture
def owner(dossier: Dossier) -> User:
    return create_owner("claire", name="Claire Martin", password=PASSWORD)


def log_in(client: Client, dossier: Dossier, **fields: str):
    return client.post(f"/d/{dossier.slug}/connexion/", {"login": "claire", "password": PASSWORD} | fields)


def test_unknown_dossier_is_a_404_in_french(client: Client, dossier: Dossier) -> None:
    answer = client.get("/d/inconnu/")
    assert answer.status_code == 404
    assert "Ce dossier n’existe pas sur cette installation." in answer.content.decode()


def test_login_opens_a_session_of_this_dossier(client: Client, dossier: Dossier, owner: User) -> None:
    answer = log_in(client, dossier)
    assert (answer.status_code, answer["Location"]) == (302, f"/d/{dossier.slug}/")
    cookie = answer.cookies[f"comptoir-session-{dossier.slug}"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == ("/", True, "Strict", "")
    session = Session.objects.get()
    assert session.user == owner
    assert session.session_key != cookie.value and len(session.session_key) == 64
    assert current_dossier() is dossier


def test_on_https_the_cookies_are_host_cookies(client: Client, dossier: Dossier, owner: User) -> None:
    answer = client.post(
        f"/d/{dossier.slug}/connexion/", {"login": "claire", "password": PASSWORD}, secure=True,
        headers={"referer": "https://testserver/"},
    )  # fmt: skip
    cookie = answer.cookies[f"__Host-comptoir-session-{dossier.slug}"]
    assert (cookie["path"], cookie["secure"], cookie["domain"]) == ("/", True, "")
    assert answer["Strict-Transport-Security"] == "max-age=31536000"


def test_a_wrong_password_says_nothing_of_the_person(client: Client, dossier: Dossier, owner: User) -> None:
    known = log_in(client, dossier, password="pas la bonne phrase")
    unknown = log_in(client, dossier, login="personne")
    assert (known.status_code, unknown.status_code) == (422, 422)
    for answer in (known, unknown):
        assert "Identifiant ou mot de passe non reconnu." in answer.content.decode()
    assert Session.objects.count() == 0


def test_next_never_leaves_the_dossier(client: Client, dossier: Dossier, owner: User) -> None:
    for wanted in ("https://ailleurs.example/", "//ailleurs.example/", "/d/autre/", "javascript:alert(1)"):
        answer = log_in(client, dossier, next=wanted)
        assert answer["Location"] == f"/d/{dossier.slug}/"


def test_the_login_form_needs_its_token(dossier: Dossier, owner: User) -> None:
    answer = log_in(Client(enforce_csrf_checks=True), dossier)
    assert answer.status_code == 403
    assert "Le formulaire a expiré." in answer.content.decode()
    assert Session.objects.count() == 0

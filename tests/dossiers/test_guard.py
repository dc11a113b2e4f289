"""An object of one dossier is refused in another; two dossiers share nothing."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from comptoir.apps.access.models import Session, User
from comptoir.apps.access.services.manage_users import create_owner
from comptoir.apps.settings.models import Establishment, Register
from comptoir.dossiers import registry
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.guard import ForeignObject

PASSWORD = "le marché du samedi"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def pair(request, copy_template, django_db_blocker) -> Iterator[tuple[Dossier, Dossier]]:
    one, other = copy_template("sqlite"), copy_template(request.param)
    for dossier in (one, other):
        registry.register(dossier)
    with django_db_blocker.unblock():
        yield one, other
        for dossier in (one, other):
            connections.forget(dossier)


def test_a_foreign_object_is_refused_whatever_is_done_with_it(pair: tuple[Dossier, Dossier]) -> None:
    one, other = pair
    with bound(one):
        place = Establishment.objects.create(number="1", name="Ici", country="FR", zone="metropole")
        loaded = Establishment.objects.defer("name").get()
    with bound(other):
        for attempt in (
            place.save, place.delete, place.refresh_from_db, lambda: place.save(force_insert=True),
            lambda: loaded.name, lambda: list(place.registers.all()),
            lambda: Register(code="C1", name="x", establishment=place).save(),
        ):  # fmt: skip
            with pytest.raises(ForeignObject):
                attempt()
        assert (Establishment.objects.count(), Register.objects.count()) == (0, 0)
    with bound(one):
        place.name = "Là"
        place.save()
        assert Establishment.objects.get().name == "Là"


def test_a_new_object_belongs_where_it_is_first_saved(pair: tuple[Dossier, Dossier]) -> None:
    one, other = pair
    fresh = Establishment(number="2", name="Neuf", country="FR", zone="metropole")
    with bound(other):
        fresh.save()
    with bound(one), pytest.raises(ForeignObject):
        fresh.save()


def test_the_cookie_of_a_dossier_opens_no_other(pair: tuple[Dossier, Dossier], client: Client) -> None:
    one, other = pair
    for dossier in pair:
        with bound(dossier):
            create_owner("claire", name="Claire", password=PASSWORD)
    client.post(f"/d/{one.slug}/connexion/", {"login": "claire", "password": PASSWORD})
    key = client.cookies[f"comptoir-session-{one.slug}"].value
    assert client.get(f"/d/{one.slug}/deconnexion/").status_code == 405
    client.cookies[f"comptoir-session-{other.slug}"] = key
    answer = client.get(f"/d/{other.slug}/deconnexion/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, f"/d/{other.slug}/connexion/")
    with bound(other):
        assert (Session.objects.count(), User.objects.count()) == (0, 1)

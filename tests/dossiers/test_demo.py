"""The demo shop is whole, and stays what it is from one start to the next."""

import pytest
from django.db import connections

from comptoir.apps.access.models import User
from comptoir.apps.access.services.set_pin import verify_pin
from comptoir.apps.catalog.models import Article, Barcode, Family, Photo
from comptoir.apps.parties.models import Customer
from comptoir.apps.settings.queries import registers
from comptoir.config import demo
from comptoir.config.demo.shelf import shelf
from comptoir.dossiers import registry
from comptoir.dossiers.binding import bound
from comptoir.dossiers.checking import check_dossier


@pytest.mark.slow
def test_the_demo_shop(comptoir_home, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        lines = demo.ensure_demo("http://localhost:8000/")
        assert lines[0].startswith("Gestion : http://localhost:8000/d/demo/ (identifiant camille, mot de passe")
        assert [line.split(" : ")[0] for line in lines[2:]] == [
            "Pour rattacher la caisse C1 (Caisse entrée)", "Pour rattacher la caisse C2 (Caisse fond)",
        ]  # fmt: skip
        dossier = registry.find_dossier("demo")
        assert demo.ensure_demo("http://localhost:8000/")[:2] == lines[:2]
        with bound(dossier):
            counts = [model.objects.count() for model in (Article, Barcode, Family, Customer, User)]
            assert counts == [303, 303, 10, 40, 3]
            assert [register.code for register in registers()] == ["C1", "C2"]
            assert set(Article.objects.values_list("vat_e4", flat=True)) == {210, 550, 1000, 2000, None}
            assert Article.objects.filter(kind="weighed").count() == sum(item.unit == "kg" for item in shelf())
            assert Photo.objects.count() > 40
            assert all(verify_pin(User.objects.get(login=login), pin=pin) for login, pin in demo.PINS.items())
        assert [finding for finding in check_dossier(dossier) if "printing_" not in finding.message] == []
        connections.forget(dossier)


@pytest.mark.slow
def test_the_belgian_demo_shop(comptoir_home, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        lines = demo.ensure_demo("http://localhost:8000/", shop="be")
        assert lines[0].startswith("Gestion : http://localhost:8000/d/demo-be/ (identifiant anna, mot de passe")
        assert [line.split(" : ")[0] for line in lines[2:]] == ["Pour rattacher la caisse C1 (Comptoir)"]
        dossier = registry.find_dossier("demo-be")
        assert demo.ensure_demo("http://localhost:8000/", shop="be")[:2] == lines[:2]
        with bound(dossier):
            assert [model.objects.count() for model in (Article, Barcode, Family, User)] == [24, 24, 5, 2]
            assert list(Article.objects.filter(kind="deposit").values_list("vat_e4", flat=True).distinct()) == [None]
            assert Article.objects.get(name="Bière blonde 25 cl").deposit.name == "Vidange bouteille 25-33 cl"
            assert Article.objects.exclude(deposit=None).count() == 9
        assert [finding for finding in check_dossier(dossier) if "printing_" not in finding.message] == []
        connections.forget(dossier)


def test_a_demo_that_cannot_be_filled_leaves_nothing(comptoir_home, django_db_blocker, monkeypatch) -> None:
    def fail(owner: User) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(demo, "_customers", fail)
    monkeypatch.setattr(demo, "picture_of", lambda item: None)
    with django_db_blocker.unblock(), pytest.raises(OSError, match="no space left"):
        demo.ensure_demo("http://localhost:8000/")
    assert registry.dossiers() == []
    assert list((comptoir_home / "dossiers").iterdir()) == []

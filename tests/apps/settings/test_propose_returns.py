"""A dossier made before returns existed gets their tenders and reasons by migration; what the shop has is kept."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection

from comptoir.apps.settings.models import DrawerReason, ReturnReason, TenderType
from tests.apps.till.shop import set_up_shop

migration = import_module("comptoir.apps.settings.migrations.0003_propose_returns")


def run() -> None:
    migration.propose(apps, SimpleNamespace(connection=connection))  # all that it asks of a schema editor


def proposed() -> tuple[list, list, list]:
    return (
        list(
            TenderType.objects.order_by("position", "code").values_list("code", "kind", "needs_reference", "position")
        ),
        list(ReturnReason.objects.values_list("code", "label", "disposition")),
        list(DrawerReason.objects.values_list("code", flat=True)),
    )


def test_a_dossier_from_before_is_given_what_new_ones_have(dossier) -> None:
    set_up_shop("C1")
    new = proposed()
    TenderType.objects.filter(kind__in=["exchange", "credit_note"]).delete()
    ReturnReason.objects.all().delete()
    DrawerReason.objects.all().delete()
    run()
    assert proposed() == new
    assert new[0][-2:] == [("credit_note", "credit_note", True, 5), ("exchange", "exchange", False, 6)]
    assert len(new[1]) == 6 and new[2] == ["change", "check", "forgotten", "other"]


def test_what_the_shop_chose_is_kept(dossier) -> None:
    set_up_shop("C1")
    TenderType.objects.filter(code="credit_note").update(code="avoir", label="Bon d’avoir")
    ReturnReason.objects.filter(code="size").update(label="Pointure")
    before = proposed()
    run()
    run()
    assert proposed() == before
    assert ("size", "Pointure", "resale") in before[1]


def test_a_dossier_without_company_is_left_empty(dossier) -> None:
    run()
    assert proposed() == ([], [], [])

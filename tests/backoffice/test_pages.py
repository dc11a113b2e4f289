"""Every page opens for those who have its right, and for nobody else."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from comptoir.apps.access.queries import rights_of
from comptoir.apps.access.rights import SIGNED_IN, declared_right
from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.till.models import Ticket
from comptoir.apps.treasury.models import Closing, DrawerSession
from comptoir.backoffice.urls import urlpatterns

URLCONF = "comptoir.config.dossier_urls"


def arguments(name: str, shop: SimpleNamespace) -> dict[str, object]:
    """What stands in an address, for the shop of these tests."""
    samples = {
        "article_": {"pk": shop.honey.pk}, "family_": {"pk": "epicerie"}, "ticket_": {"pk": Ticket.objects.first().pk},
        "session_": {"pk": DrawerSession.objects.first().pk}, "closing_": {"pk": Closing.objects.first().pk},
        "register_": {"code": "C2"}, "tender_": {"code": "card"}, "connection_": {"key": "0" * 64},
        "device_": {"code": "C1", "generation": 1}, "printer_": {"code": "C1"},
        "user_": {"pk": shop.people["cashier"].pk}, "enrolment_aside": {"code": "C1", "generation": 1},
        # nothing of these exists yet: 404 for those who may, 403 for those who may not
        **dict.fromkeys(
            ("period_", "archive_", "work", "inspection_", "credit_note_", "office_move_", "deposit_", "drawer_move_"),
            {"pk": uuid7()},
        ),
        "safe_count": {"code": "1"}, "copy_download": {"name": "aucune.comptoir"}, "cash_place": {"kind": "safe", "code": "1"},
        "piece": {"kind": "ticket", "number": "C1-1-99"},
    }  # fmt: skip
    return next((given for start, given in samples.items() if name.startswith(start)), {})


def pages(shop: SimpleNamespace) -> list[tuple[str, str, str]]:
    """(name, path, right) of every address of the office."""
    found = []
    for pattern in urlpatterns:
        try:
            path = reverse(pattern.name, urlconf=URLCONF)
        except NoReverseMatch:
            path = reverse(pattern.name, kwargs=arguments(pattern.name, shop), urlconf=URLCONF)
        path = path.removeprefix("/").removeprefix(f"d/{shop.dossier.slug}/")
        found.append((pattern.name, path, declared_right(resolve(f"/{path}", urlconf=URLCONF).func)))
    return found


def only_post(path: str) -> bool:
    return getattr(resolve(f"/{path}", urlconf=URLCONF).func.view_class, "http_method_names", []) == ["post"]


@pytest.mark.parametrize("role", ["owner", "manager", "cashier", "auditor"])
def test_each_role_opens_what_its_rights_open(shop, visit, at, role: str) -> None:
    client, held = visit(role), rights_of(role)
    wrong = []
    for name, path, right in pages(shop):
        answer = client.post(at(path)) if only_post(path) else client.get(at(path))
        allowed = right == SIGNED_IN or right in held
        if (answer.status_code == 403) == allowed or answer.status_code >= 500:
            wrong.append((name, right, answer.status_code))
    assert wrong == []


def test_a_visitor_is_sent_to_the_login(shop, at) -> None:
    client = Client()
    for name, path, _right in pages(shop):
        answer = client.post(at(path)) if only_post(path) else client.get(at(path))
        assert answer.status_code in (302, 401), name
        assert answer.status_code == 401 or answer["Location"].startswith(at("connexion/")), name


def test_every_write_asks_for_the_csrf_token(shop, visit, at) -> None:
    client = visit("owner", checks_csrf=True)
    for name, path, _right in pages(shop):
        assert client.post(at(path), {"name": "x"}).status_code in (403, 405), name
    shop.honey.refresh_from_db()
    assert shop.honey.name == "Miel de lavande 500 g"

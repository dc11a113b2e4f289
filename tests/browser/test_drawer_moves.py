"""What a closing put in the safe, and a petty expense with its photo, in a real Chromium: from the list to the Z and back."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connections
from PIL import Image, ImageDraw

from comptoir.apps.treasury.models import Attachment, CashEntry
from comptoir.dossiers.binding import Dossier
from comptoir.exchange.replay.clocks import fresh_id
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.server_process import ServerProcess

from .test_books_room import page, picture  # noqa: F401  fixtures
from .test_office import axe_findings, built_office, django_beside_playwright  # noqa: F401  fixtures

pytestmark = pytest.mark.browser


def slip() -> bytes:
    """The photo of a supplier's paper."""
    image, out = Image.new("RGB", (480, 640), "#f4f1ea"), io.BytesIO()
    drawn = ImageDraw.Draw(image)
    for row, text in enumerate(("QUINCAILLERIE", "Ampoules LED x2", "TOTAL 12,00 EUR", "TVA 20 % 2,00")):
        drawn.text((60, 80 + 60 * row), text, fill="#222", font_size=34)
    image.save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def shop(built_office, sqlite_copy: Dossier, comptoir_home: Path) -> Iterator[SimpleNamespace]:  # noqa: F811
    """100,00 of float, 12,00 for bulbs, 60,00 to the safe at the closing, 28,00 left for tomorrow."""
    set_up_shop("C1")
    one_of_each()
    till = enrolled_till()
    till.open(float_minor=10_000)
    head = till.soft._head("cash")
    said = {"kind": "out", "amount_minor": 1_200, "reason": "expense", "label": "Ampoules", "pieces": [], "counted": []}
    proof = {"vat_e4": 2000, "attachment": hashlib.sha256(slip()).hexdigest()}
    till.soft._seal_body(head, {**head, **said, **proof})
    till.soft.move_cash(kind="out", amount_minor=6_000, reason="to_safe", label="Mise au coffre")
    till.close({"tender": "cash", "amount_minor": 2_800, "pieces": []})
    send(till)
    entry = CashEntry.objects.get(reason="expense")
    Attachment.objects.create(
        id=fresh_id(), record=entry.pk, digest=proof["attachment"], media_type="image/jpeg", content=slip(),
        received_at=entry.at,
    )  # fmt: skip
    connections.forget(sqlite_copy)
    server = ServerProcess(comptoir_home)
    server.start()
    yield SimpleNamespace(base=f"{server.url}/d/{sqlite_copy.slug}/", dossier=sqlite_copy)
    server.kill()


@pytest.mark.feature("CASH-03", "CASH-04")
@pytest.mark.parametrize("page", ["wide", "phone"], indirect=True)
def test_the_safe_names_its_z_and_the_expense_shows_its_photo(page, shop) -> None:  # noqa: F811
    width = page.viewport_size["width"]
    page.goto(shop.base + "coffre/")
    assert page.locator(".holdings dd.value").first.inner_text() == "60,00\u00a0€"
    picture(page, f"coffre-z-{width}")
    page.click("a:has-text('Z C1-1-1')")
    page.wait_for_selector("h1:has-text('Z C1-1-1')")
    page.goto(shop.base + "coffre/caisses/")
    picture(page, f"mouvements-caisses-{width}")
    assert axe_findings(page) == []
    page.click("a.row-link:has-text('Ampoules')")
    page.wait_for_selector("h1:has-text('Ampoules')")
    assert page.evaluate("document.querySelector('.proof img').naturalWidth") == 480
    assert "20\u00a0%" in page.inner_text("main").replace(" %", "\u00a0%")
    picture(page, f"depense-{width}")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

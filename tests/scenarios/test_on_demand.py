"""Receipts without paper, in the demo shop: by mail through a real SMTP server, by a QR code that a telephone reads.

The first copy of a ticket is its original; each further one, whatever its way, is a sealed duplicate. The address is gone
from the till and from the dossier once the mail has left.
"""

import io
import re
import time
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")

import zxingcpp  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from pypdfium2 import PdfDocument  # noqa: E402

from comptoir.config.demo import PASSWORD, PINS  # noqa: E402
from tests.apps.outreach.mailbox import Mailbox, mailbox  # noqa: E402
from tests.scenarios.street import CODES, LANDSCAPE, Office, Street, Till  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESS = "jeanne.martin@exemple.fr"
BREAD = "Baguette tradition"
WAITING = """() => new Promise((done, fail) => {
    const names = indexedDB.databases().then((all) => all.find((one) => one.name.startsWith('comptoir:')).name);
    names.then((name) => { const open = indexedDB.open(name); open.onerror = fail; open.onsuccess = () => {
        const count = open.result.transaction('copies').objectStore('copies').count();
        count.onsuccess = () => { open.result.close(); done(count.result); }; }; }); })"""


@pytest.fixture
def box():
    with mailbox() as opened:
        yield opened


def owner_sets_up_the_mail(street: Street, box: Mailbox) -> None:
    page = street.profile("office", LANDSCAPE).pages[0]
    office = Office(page, f"{street.server.url}/d/demo/")
    office.log_in("camille", PASSWORD)
    page.get_by_role("link", name="E-mails et QR").first.click()
    page.get_by_label("Proposer le ticket par e-mail à la caisse").check()
    page.get_by_label("Adresse d’envoi").fill("tickets@epicerie-du-pont.fr")
    page.get_by_label("Serveur d’envoi (SMTP)").fill("127.0.0.1")
    page.get_by_label("Port", exact=True).fill(str(box.port))
    page.get_by_label("Connexion").select_option("none")
    page.get_by_label("Identifiant").fill("boutique")
    page.get_by_label("Mot de passe").fill("mot de passe d'envoi")
    page.get_by_label("Adresse publique de ce serveur").fill(street.server.url)
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.locator("body")).to_contain_text("Réglages enregistrés")
    expect(page.get_by_label("Mot de passe")).to_have_value("")
    page.get_by_label("Envoyer à").fill("camille@epicerie-du-pont.fr")
    page.get_by_role("button", name="Envoyer un essai").click()
    expect(page.locator("body")).to_contain_text("L’essai est parti.")
    [(to, message)] = box.received
    assert to == ["camille@epicerie-du-pont.fr"] and message["Subject"] == "Essai d’envoi de Comptoir"
    picture(page, "reglages-email")
    page.close()


def picture(page, name: str) -> None:
    import os

    if folder := os.environ.get("COMPTOIR_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def sell(till: Till) -> None:
    till.scan(CODES[BREAD])
    till.figure(130, label="Total")
    till.press("F9")
    till.figure(130, label="Payé")


def ask_by_mail(till: Till, address: str) -> None:
    till.touch("E-mail")
    box = till.page.get_by_label("Adresse du client")
    expect(box).to_be_focused()
    box.fill(address)
    till.touch("Envoyer le ticket")


def arrived(box: Mailbox, count: int, seconds: float = 30):
    until = time.monotonic() + seconds
    while len(box.received) < count and time.monotonic() < until:
        time.sleep(0.1)
    assert len(box.received) == count, [message["Subject"] for _to, message in box.received]
    return box.received[-1]


def text_of(message) -> str:
    [attached] = list(message.iter_attachments())
    return re.sub(
        r"\s+", " ", "\n".join(page.get_textpage().get_text_range() for page in PdfDocument(attached.get_content()))
    )


def original_by_mail(till: Till, box: Mailbox) -> None:
    sell(till)
    ask_by_mail(till, "jeanne.martin")
    till.shows("Cette adresse n’a pas la forme nom@domaine.")
    till.picture("email-refuse")
    till.press("Escape")
    assert till.page.evaluate(WAITING) == 0
    ask_by_mail(till, ADDRESS)
    till.shows("Ticket C1-1-1 : l’e-mail part.")
    to, message = arrived(box, 2)
    assert to == [ADDRESS] and message["Subject"].startswith("Votre ticket C1-1-1 du ")
    text = text_of(message)
    assert "Baguette tradition" in text and "TOTAL TTC 1,30" in text and "DUPLICATA" not in text


def then_a_duplicate_by_qr(street: Street, till: Till) -> None:
    till.touch("QR code")
    symbol = till.page.get_by_role("img", name="QR code du ticket C1-1-1")
    expect(symbol).to_be_visible()
    till.picture("qr-ecran")
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(symbol.screenshot())))
    assert re.fullmatch(re.escape(street.server.url) + r"/d/demo/t/C1-1-1/[\w-]{22}", read.text)
    till.press("Escape")
    till.touch("QR code")  # the same address shown again is no further copy
    till.press("Escape")
    till.sent()
    [duplicate] = street.sealed("duplicate")
    assert (duplicate["number"], duplicate["way"], duplicate["origin"]["seq"]) == (1, "qr", 1)
    telephone = street.profile("telephone", {"width": 390, "height": 844}).pages[0]
    answer = telephone.goto(read.text)
    assert answer.status == 200 and answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    expect(telephone.locator("body")).to_contain_text("Ticket C1-1-1")
    expect(telephone.locator("body")).to_contain_text("Baguette tradition")
    expect(telephone.locator(".receipt-row").first).to_have_css("display", "flex")  # the style sheet is allowed in
    picture(telephone, "qr-telephone")
    with telephone.expect_download() as saved:
        telephone.get_by_role("link", name="Enregistrer en PDF").click()
    assert saved.value.suggested_filename == "ticket-C1-1-1.pdf"
    assert telephone.goto(read.text[:-1] + ("A" if read.text[-1] != "A" else "B")).status == 404
    telephone.close()


def mailed_while_the_server_is_away(street: Street, till: Till, box: Mailbox) -> None:
    """Sold and asked for with the server dead; sent once, when it is back."""
    till.sent()
    street.server.kill()
    sell(till)
    ask_by_mail(till, ADDRESS)
    till.shows("Ticket C1-1-2 : l’e-mail part")
    assert till.page.evaluate(WAITING) == 1 and len(box.received) == 2
    street.server.start()
    to, message = arrived(box, 3, seconds=90)
    assert to == [ADDRESS] and "Ticket C1-1-2" in text_of(message)
    till.page.wait_for_timeout(3_000)
    assert len(box.received) == 3 and till.page.evaluate(WAITING) == 0


def nothing_remembers_the_address(street: Street) -> None:
    """Neither the dossier's file, once its log is folded in, nor the journal, nor the password in either."""
    street.server.stop()
    [dossier] = street.server.home.glob("**/demo.comptoir")
    journals = list((street.server.home / "logs").iterdir())
    for path in (dossier, *journals):
        content = path.read_bytes()
        assert ADDRESS.encode() not in content and b"mot de passe d'envoi" not in content, path
    [secret] = (street.server.home / "keys").glob("*-mail")
    assert oct(secret.stat().st_mode & 0o777) == "0o600"


@pytest.mark.feature("TILL-09")
@pytest.mark.feature("TILL-15")
def test_receipts_without_paper(street: Street, box: Mailbox, tmp_path: Path) -> None:
    [code] = street.demo_codes(1)
    owner_sets_up_the_mail(street, box)
    till = street.till("profile")
    till.start_day(code, PINS["camille"], 100_00)
    original_by_mail(till, box)
    then_a_duplicate_by_qr(street, till)
    mailed_while_the_server_is_away(street, till, box)
    assert till.problems == []
    nothing_remembers_the_address(street)

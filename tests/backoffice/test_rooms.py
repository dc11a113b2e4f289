"""What the rooms of the office do, through HTTP: writes by the services, refusals that write nothing, exports, papers."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.access.models import User
from comptoir.apps.access.services.set_pin import verify_pin
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, GridKey
from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.services.save_article import create_article
from comptoir.apps.printing.models import PrintJob
from comptoir.apps.settings.queries import company, main_establishment
from comptoir.apps.till.models import Device, EnrolmentCode, Ticket
from comptoir.apps.treasury.models import Closing
from comptoir.backoffice.kit.amounts import read_scaled
from comptoir.backoffice.kit.spreadsheets import csv_cell

FIELDS = {
    "name": "Thé vert",
    "code": "THE",
    "family": "epicerie",
    "kind": "goods",
    "unit": "pce",
    "price_e4": "3,49",
    "vat_e4": "550",
    "discountable": "on",
}


def body(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


@pytest.mark.parametrize(
    ("text", "digits", "value"),
    [("12,50", 2, 1250), ("1 234,5", 2, 123450), ("−3", 2, -300), ("0,0001", 4, 1),
    ("12,345", 2, None), ("", 2, None), ("abc", 2, None), ("1e9", 2, None), ("٣", 2, None), ("24,90 €", 4, 249_000)],
)  # fmt: skip
def test_amounts_are_read_as_integers(text: str, digits: int, value: int | None) -> None:
    assert read_scaled(text, digits=digits) == value


@pytest.mark.feature("ART-12")
def test_an_article_is_created_changed_and_found(shop, visit, at) -> None:
    client = visit("manager")
    answer = client.post(at("articles/nouveau/"), FIELDS | {"barcodes": "3760000999991\n3760000999984 6"})
    article = Article.objects.get(code="THE")
    assert (answer.status_code, answer["Location"]) == (302, at(f"articles/{article.pk}/"))
    assert (article.price_e4, article.vat_e4, article.family_id) == (34_900, 550, "epicerie")
    assert list(article.barcodes.values_list("code", "quantity_milli")) == [
        ("3760000999991", 1000),
        ("3760000999984", 6000),
    ]
    client.post(at(f"articles/{article.pk}/"), FIELDS | {"price_e4": "3,99"})
    assert list(article.price_changes.order_by("version").values_list("price_e4", flat=True)) == [34_900, 39_900]
    assert "Thé vert" in body(client.get(at("recherche/?q=the+vert")))
    assert "Thé vert" in body(client.get(at("articles/?recherche=THE&famille=epicerie&tva=550&statut=True")))
    assert "Thé vert" not in body(client.get(at("articles/?tva=2000")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"barcodes": "3760000999992"}, "mal recopié"), ({"price_e4": "douze"}, "n’est pas un nombre"), ({"price_e4": ""}, "Indiquez un prix"),
        ({"name": ""}, "À remplir"), ({"code": "MIEL"}, "désigne déjà un autre article"), ({"barcodes": "3760123456784"}, "est déjà celui de"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_under_its_field_and_nothing_is_written(
    shop, visit, at, change: dict[str, str], words: str
) -> None:
    before = Article.objects.count()
    answer = visit("owner").post(at("articles/nouveau/"), FIELDS | change)
    assert answer.status_code == 422
    field = next(iter(change))
    assert re.search(rf'id="id_{field}_error">.*?{words}', body(answer), re.S)
    assert Article.objects.count() == before


def test_names_made_to_break_pages_are_shown_as_they_are(shop, visit, at, shared_data: Path) -> None:
    made = []
    for number, text in enumerate(json.loads((shared_data / "bad-input/blns.json").read_text(encoding="utf-8"))):
        try:
            made.append(
                create_article(ArticleInput(code=f"B{number}", name=text, price_e4=100, vat_e4=2000), by=COMMAND_LINE)
            )
        except CatalogRefused:
            continue
    assert len(made) > 300
    client, page = visit("owner"), ""
    for number in range(1, len(made) // 50 + 2):
        page += body(client.get(at(f"articles/?page={number}")))
    scripts = re.findall(r"<script[^>]*>", page)
    assert {re.sub(r"\?v=\w+", "", script) for script in scripts} == {
        '<script type="module" src="/static/backoffice/office.js">'
    }
    assert re.findall(r"<(?:img|svg|iframe|a)\b[^>]*\son\w+=", page) == []
    hostile = next(article for article in made if "<script>alert" in article.name)
    assert "&lt;script&gt;alert" in body(client.get(at(f"articles/{hostile.pk}/")))


def test_exports_keep_numbers_and_disarm_formulas(shop, visit, at) -> None:
    create_article(
        ArticleInput(code="=1+1", name='=HYPERLINK("http://x";"clic")', price_e4=12_345, vat_e4=550), by=COMMAND_LINE
    )
    text = body(visit("owner").get(at("articles/?export=csv&tri=name")))
    rows = text.removeprefix("\ufeff").split("\r\n")
    assert rows[0] == "Photo;Article;Famille;Référence;Codes-barres;Vente TTC;TVA;Unité;Statut"
    assert rows[1] == 'non;"\'=HYPERLINK(""http://x"";""clic"")";;\'=1+1;;1,2345;0,0550;pce;Actif'
    workbook = zipfile.ZipFile(io.BytesIO(b"".join(visit("owner").get(at("articles/?export=xlsx")).streaming_content)))
    sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<v>1.2345</v>" in sheet and "hyperlink" not in sheet


@pytest.mark.parametrize(
    ("value", "cell"),
    [("+33", "'+33"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\tx"), (-5, "-5"), (True, "oui"), (None, "")],
)
def test_cells(value: object, cell: str) -> None:
    assert csv_cell(value) == cell


def test_exports_ask_for_their_right(shop, visit, at) -> None:
    from comptoir.apps.access.services.manage_rights import set_role_right

    set_role_right("manager", right="exports.create", granted=False, by=shop.people["owner"])
    answer = visit("manager").get(at("articles/?export=csv"))
    assert answer.status_code == 403


def test_columns_are_remembered_for_the_person_alone(shop, visit, at) -> None:
    client = visit("owner")
    client.post(at("articles/?statut=True"), {"columns": ["kind", "price_e4", "nothing"]})
    page = body(client.get(at("articles/")))
    assert "Nature" in page and ">Codes-barres</th>" not in page
    assert ">Codes-barres</th>" in body(visit("manager").get(at("articles/")))
    client.post(at("articles/"), {"defaut": "1"})
    assert ">Codes-barres</th>" in body(client.get(at("articles/")))


@pytest.mark.parametrize(
    "query",
    [
        "tri=password",
        "tri=family__secret",
        "tri=-price_e4",
        "tri=",
        "page=999",
        "page=x",
        "famille=absente",
        "tva=1;drop",
    ],
)
def test_odd_addresses_of_lists_are_harmless(shop, visit, at, query: str) -> None:
    assert visit("owner").get(at(f"articles/?{query}")).status_code == 200


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 300), (120, 80, 40)).save(out, kind)
    return out.getvalue()


@pytest.mark.feature("ART-03")
def test_a_photo_is_encoded_again(shop, visit, at) -> None:
    file = io.BytesIO(picture() + b"<script>alert(1)</script>")
    file.name = "photo.png"
    visit("owner").post(at(f"articles/{shop.honey.pk}/photo/"), {"photo": file})
    shop.honey.refresh_from_db()
    stored = bytes(shop.honey.photo.full)
    assert stored[8:12] == b"WEBP" and b"script" not in stored


def test_a_file_that_is_no_picture_is_refused(shop, visit, at) -> None:
    client = visit("owner")
    file = io.BytesIO(b"MZ this is a program")
    file.name = "photo.jpg"
    client.post(at(f"articles/{shop.honey.pk}/photo/"), {"photo": file})
    shop.honey.refresh_from_db()
    assert shop.honey.photo_id is None
    assert "n’est pas une image lisible" in body(client.get(at(f"articles/{shop.honey.pk}/")))


@pytest.mark.feature("ART-02")
def test_the_keys_of_a_family(shop, visit, at) -> None:
    client = visit("owner")
    fields = {"name": "Épicerie fine", "colour": "3", "position": "2"}
    assert (
        client.post(at("familles/epicerie/modifier/"), fields | {"keys": "BOUGIE\nMIEL  Miel de lavande"}).status_code
        == 302
    )
    assert list(GridKey.objects.order_by("position").values_list("article__code", flat=True)) == ["BOUGIE", "MIEL"]
    assert client.post(at("familles/epicerie/modifier/"), fields | {"keys": "ABSENT"}).status_code == 422
    assert GridKey.objects.count() == 2


@pytest.mark.feature("TILL-08")
def test_a_ticket_with_its_paper_and_its_seal(shop, visit, at) -> None:
    client, ticket = visit("auditor"), Ticket.objects.get(seq=1)
    page = body(client.get(at(f"tickets/{ticket.pk}/")))
    assert "TOTAL TTC" in page and page.count("vérifiée") == 1 and "sans rupture" in page and "intact" in page
    listed = body(
        client.get(at("tickets/?recherche=TC1-1-1&reglement=cash&montant=9,80&du=2026-11-22&au=2026-11-22&caisse=C1"))
    )
    assert "C1-1-1<" in listed and "C1-1-2<" not in listed
    assert "C1-1-1<" not in body(client.get(at("tickets/?montant=9,81")))


def test_a_broken_seal_is_told(shop, visit, at) -> None:
    from comptoir.backoffice.tickets.pages import seal_state

    record = Ticket.objects.get(seq=2).record
    record.signature = record.signature[:-2] + ("AA" if record.signature[-2:] != "AA" else "BB")
    assert [row["good"] for row in seal_state(record)] == [True, False, True]
    record.body = record.body.replace('"seq":2', '"seq":3')
    assert [row["good"] for row in seal_state(record)] == [False]


@pytest.mark.feature("FISC-02")
def test_a_z_its_difference_and_its_pdf(shop, visit, at) -> None:
    client, closing = visit("owner"), Closing.objects.get()
    page = body(client.get(at(f"z/{closing.pk}/")))
    difference = closing.tenders.get(tender="cash").difference_minor
    assert difference == 10_000 - 10_000 - 980 - 120
    assert "−11,00 manquant" in page and "identique" in page
    pdf = client.get(at(f"z/{closing.pk}/pdf/"))
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == 'attachment; filename="Z-C1-1-1.pdf"'
    assert "−11,00" in body(client.get(at("z/")))


def test_an_enrolment_code_is_shown_once_and_kept_as_a_digest(shop, visit, at) -> None:
    client = visit("manager")
    page = body(client.post(at("caisses/C2/code/")))
    code = re.search(r'class="digits">([0-9A-Z]{5}-[0-9A-Z]{5})<', page)[1]
    assert f"/caisse/#code={code}" in page
    assert (
        EnrolmentCode.objects.filter(digest=code).count() == 0
        and EnrolmentCode.objects.filter(register_id="C2").count() == 1
    )
    assert code not in body(client.get(at("caisses/")))
    assert client.post(at("caisses/ZZ/code/")).status_code == 422


def test_a_device_is_shut_out(shop, visit, at) -> None:
    visit("owner").post(at("caisses/C1/1/detacher/"))
    assert Device.objects.get(register_id="C1", generation=1).revoked_at is not None


def test_people_come_change_and_leave(shop, visit, at) -> None:
    client = visit("owner")
    client.post(
        at("utilisateurs/nouveau/"),
        {"name": "Inès Blanc", "login": "ines", "role": "cashier", "pin": "4827", "password": ""},
    )
    ines = User.objects.get(login="ines")
    assert verify_pin(ines, pin="4827") and ines.password == ""
    client.post(at(f"utilisateurs/{ines.pk}/code/"), {"pin": "1111"})
    ines.refresh_from_db()
    assert verify_pin(ines, pin="4827")
    client.post(at(f"utilisateurs/{ines.pk}/mot-de-passe/"), {"password": "court"})
    ines.refresh_from_db()
    assert ines.password == ""
    client.post(at(f"utilisateurs/{ines.pk}/actif/"), {"active": "0"})
    ines.refresh_from_db()
    assert (ines.active, ines.pin_hash) == (False, None)
    refused = client.post(at("utilisateurs/nouveau/"), {"name": "X", "login": "ines", "role": "cashier"})
    assert refused.status_code == 422 and "déjà pris" in body(refused)


def test_a_manager_makes_no_owner(shop, visit, at) -> None:
    answer = visit("manager").post(at("utilisateurs/nouveau/"), {"name": "X Y", "login": "xy", "role": "owner"})
    assert answer.status_code == 422 and not User.objects.filter(login="xy").exists()


def test_a_printer_and_its_trial(shop, visit, at) -> None:
    client = visit("manager")
    fields = {
        "host": "192.168.1.50",
        "port": "9100",
        "columns": "42",
        "page": "cp858",
        "drawer_pin": "2",
        "active": "on",
    }
    assert client.post(at("imprimantes/C1/"), fields).status_code == 302
    client.post(at("imprimantes/C1/essai/"))
    job = PrintJob.objects.get(kind="test")
    assert (job.register, job.drawer) == ("C1", False)
    assert client.post(at("imprimantes/C1/"), fields | {"host": "bad host:9100"}).status_code == 422
    client.post(at("imprimantes/C2/essai/"))
    assert PrintJob.objects.filter(kind="test").count() == 1


SETTINGS = {
    "legal_name": "Essai SAS",
    "name": "Chez Essai",
    "address": "3 rue Neuve",
    "postcode": "59000",
    "city": "Lille",
    "print_policy": "always",
    "language": "fr",
    "texts": "Merci\nÀ bientôt",
}


def test_settings_change_the_receipts(shop, visit, at) -> None:
    assert visit("owner").post(at("reglages/"), SETTINGS).status_code == 302
    place = main_establishment()
    assert (company().legal_name, place.name, place.number) == ("Essai SAS", "Chez Essai", "73282932000074")
    assert [row.text for row in place.receipt_texts.all()] == ["Merci", "À bientôt"]


def test_settings_refused_write_nothing(shop, visit, at) -> None:
    assert visit("owner").post(at("reglages/"), SETTINGS | {"vat_number": "FR00123"}).status_code == 422
    assert visit("manager").post(at("reglages/"), SETTINGS).status_code == 422
    assert (company().legal_name, main_establishment().receipt_texts.count()) == ("Essai SARL", 0)


@pytest.mark.parametrize(
    "path",
    [
        "articles/",
        "familles/",
        "tickets/",
        "sessions/",
        "z/",
        "controle/evenements/",
        "controle/mis-de-cote/",
        "utilisateurs/",
    ],
)
def test_every_list_exports_plain_values(shop, visit, at, path: str) -> None:
    client = visit("owner")
    text = body(client.get(at(f"{path}?export=csv")))
    assert text.startswith("\ufeff") and text.count("\r\n") >= 1
    assert "<" not in text and "&" not in text
    assert zipfile.is_zipfile(io.BytesIO(b"".join(client.get(at(f"{path}?export=xlsx")).streaming_content)))

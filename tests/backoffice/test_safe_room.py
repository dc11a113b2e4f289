"""The safe's room and the books through HTTP: what each page shows and seals, what each role may, the files that leave."""

import csv
import io
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.balances import balances
from comptoir.apps.treasury.models import BookAccount, OfficeMove
from tests.apps.till.shop import send

PAGES = (
    "coffre/", "coffre/mouvements/", "coffre/caisses/", "coffre/ecarts/",
    "livres/", "livres/recettes/", "livres/recettes/?modele=BE", "livres/ventes/",
    "livres/ecritures/", "livres/controle/", "livres/comptes/", "livres/?lieu=safe/1", "livres/ventes/?taux=550&mode=cash",
)  # fmt: skip
WRITES = (
    "coffre/especes/",
    "coffre/cheques/",
    "coffre/monnaie/",
    "coffre/caisse/",
    "coffre/autre/",
    "coffre/comptage/1/",
    "coffre/nouveau/",
)


@pytest.fixture
def with_safe(shop):
    """60,00 more in the safe, by the till of C1, in a session that is still open."""
    shop.till.open(float_minor=10_000)
    shop.till.soft.move_cash(kind="out", amount_minor=6_000, reason="to_safe", label="Mise au coffre")
    shop.till.sell(tender="cheque")
    send(shop.till)
    return shop


@pytest.mark.parametrize(
    "path",
    [
        "livres/controle/?du=2026-01-01&au=9999-12-31", "livres/?du=0001-01-02&au=9999-12-31", "livres/?du=x&au=&mois=2026-13",
        "livres/recettes/?modele=XX", "livres/?lieu=drawer/XX", "clotures/?mois=9999-12", "clotures/?mois=0001-01",
        "clotures/?mois=-1", "coffre/ecarts/?du=0001-01-01&au=0001-02-01", "coffre/ecarts/?du=2026-01-01&au=9999-12-31",
    ],
)  # fmt: skip
def test_odd_days_are_answered_with_a_page(shop, visit, at, path: str) -> None:
    assert visit("owner").get(at(path)).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_for_those_who_may(with_safe, visit, at, path: str) -> None:
    assert [visit(role).get(at(path)).status_code for role in ("owner", "manager", "auditor")] == [200, 200, 200]
    assert visit("cashier").get(at(path)).status_code == 403


@pytest.mark.parametrize("path", WRITES)
def test_an_auditor_reads_and_moves_nothing(with_safe, visit, at, path: str) -> None:
    auditor = visit("auditor")
    assert (auditor.get(at(path)).status_code, auditor.post(at(path), {"request": uuid4()}).status_code) == (403, 403)
    assert OfficeMove.objects.count() == 0


@pytest.mark.feature("PAY-05")
def test_a_bag_for_the_bank_and_its_slip(with_safe, visit, at) -> None:
    """Two notes of 20 and one of 5: 45,00 out of 60,00; the same form sent twice moves once."""
    client = visit("manager")
    form = {"request": uuid4(), "safe": "safe/1", "reference": "SAC 12", "piece_2000": 2, "piece_500": 1}
    answers = [client.post(at("coffre/especes/"), form) for _ in range(2)]
    bag = OfficeMove.objects.get()
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, at(f"coffre/mouvements/{bag.pk}/"))] * 2
    assert (bag.amount_minor, bag.reference, balances()["safe/1"]) == (4_500, "SAC 12", 1_500)
    slip = client.get(at(f"coffre/mouvements/{bag.pk}/bordereau/"))
    assert (slip["Content-Type"], slip.content[:5]) == ("application/pdf", b"%PDF-")
    too_much = client.post(at("coffre/especes/"), form | {"request": uuid4()})
    assert (too_much.status_code, OfficeMove.objects.count()) == (422, 1)
    assert "Le livre n’y trouve que 15,00\u00a0€" in too_much.content.decode()
    arrived = {"request": uuid4(), "amount_minor": "45,00", "value_date": "2026-11-24"}
    assert client.post(at(f"coffre/mouvements/{bag.pk}/reception/"), arrived).status_code == 302
    assert (balances()["bank/1"], balances()["transit/bank"]) == (4_500, 0)
    assert verify_dossier().findings == []


@pytest.mark.feature("PAY-05")
def test_cheques_go_to_the_bank_once(with_safe, visit, at) -> None:
    client = visit("owner")
    page = client.get(at("coffre/cheques/"))
    key = next(iter(page.context["form"].found))
    form = {"request": uuid4(), "cheques": [key], "reference": "B 3"}
    answers = [client.post(at("coffre/cheques/"), form) for _ in range(2)]  # a button pressed twice
    slip = OfficeMove.objects.get()
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, at(f"coffre/mouvements/{slip.pk}/"))] * 2
    assert (slip.kind, slip.amount_minor, slip.cheques.get().chain, slip.cheques.get().seq) == (
        "cheques",
        120,
        "C1-1-ticket",
        3,
    )
    assert client.get(at(f"coffre/mouvements/{slip.pk}/bordereau/")).content[:5] == b"%PDF-"
    assert client.get(at("coffre/cheques/")).context["form"].found == {}
    none_left = client.post(at("coffre/cheques/"), form | {"request": uuid4()})
    assert (none_left.status_code, OfficeMove.objects.count()) == (422, 1)
    assert "Un de ces chèques n’est plus à remettre" in none_left.content.decode()
    assert verify_dossier().findings == []


@pytest.mark.feature("CASH-04")
def test_a_count_that_differs_asks_why(with_safe, visit, at) -> None:
    client = visit("owner")
    form = {"request": uuid4(), "piece_5000": 1}
    asked = client.post(at("coffre/comptage/1/"), form)
    assert (asked.status_code, balances()["safe/1"]) == (422, 6_000)
    assert "Écart de −10,00\u00a0€ avec le livre" in asked.content.decode()
    assert client.post(at("coffre/comptage/1/"), form | {"reason": "Billet égaré"}).status_code == 302
    assert (balances()["safe/1"], OfficeMove.objects.get().reason) == (5_000, "Billet égaré")


def test_the_iban_is_checked(shop, visit, at) -> None:
    client = visit("owner")
    wrong = {"name": "Crédit local", "holder": "Essai", "iban": "FR76 3000 6000 0112 3456 7890 180"}
    assert client.post(at("coffre/lieu/bank/1/"), wrong).status_code == 422
    assert (
        client.post(at("coffre/lieu/bank/1/"), wrong | {"iban": "FR76 3000 6000 0112 3456 7890 189"}).status_code == 302
    )
    assert client.get(at("coffre/lieu/bank/9/")).status_code == 404


@pytest.mark.feature("CASH-06", "FISC-05")
def test_the_same_book_in_three_files(shop, visit, at) -> None:
    """C1 sold 9,80 and 1,20 on 22/11 in cash: 11,00; the float was 100,00 and the count 100,00, so 11,00 are missing."""
    client = visit("auditor")
    rows = list(
        csv.reader(
            io.StringIO(read(client.get(at("livres/?mois=2026-11&export=csv"))).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert [(row[4], *row[6:]) for row in rows] == [
        ("Libellé", "Entrée", "Sortie", "Solde"),
        ("Report", "", "", "0,00"),
        ("Premier fond de caisse, C1", "100,00", "", "100,00"),
        ("Ventes en espèces (2 tickets)", "11,00", "", "111,00"),
        ("Écart constaté · clôture de C1", "", "11,00", "100,00"),
        ("Z C1-1-1 · reste en caisse C1 : 100,00\u00a0€", "", "", "100,00"),
        ("Total et solde", "111,00", "11,00", "100,00"),
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(read(client.get(at("livres/ventes/?mois=2026-11&export=xlsx")))))
    assert [row[-5:] for row in book.get_sheet_by_index(0).to_python()[3:]] == [
        [9.29, 0.51, 9.8, "Espèces", "531000 / 707055 445713"],
        [1.14, 0.06, 1.2, "Espèces", "531000 / 707055 445713"],
        [10.43, 0.57, 11.0, "", ""],
    ]
    safe = CalamineWorkbook.from_filelike(
        io.BytesIO(read(client.get(at("livres/?mois=2026-11&lieu=safe/1&export=xlsx"))))
    )
    assert safe.get_sheet_by_index(0).to_python()[0][0] == "Livre de caisse · du 01/11/2026 au 30/11/2026 · Coffre"
    for path in ("livres/", "livres/recettes/", "livres/recettes/?modele=BE", "livres/ventes/", "livres/ecritures/"):
        paper = client.get(at(f"{path}{'&' if '?' in path else '?'}mois=2026-11&export=pdf"))
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")


def read(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.feature("CASH-05")
def test_differences_are_told_by_person_and_tender(shop, visit, at) -> None:
    page = visit("owner").get(at("coffre/ecarts/?du=2026-11-01&au=2026-11-30"))
    assert [tuple(one) for one in page.context["people"]] == [("Léa", 1, 1, -1_100, 0, -1_100)]
    assert [(one["tender"], one["row"].difference_minor) for one in page.context["rows"]] == [("Espèces", -1_100)]
    assert page.context["chart"]["summary"] == "11 −11,00 €"
    assert visit("owner").get(at("coffre/ecarts/?du=2026-11-01&au=2026-11-30&mode=card")).context["people"] == []


def test_an_account_is_chosen_and_given_back(shop, visit, at) -> None:
    client = visit("manager")
    fields = {name: field.initial for name, field in client.get(at("livres/comptes/")).context["form"].fields.items()}
    assert client.post(at("livres/comptes/"), fields | {"tender__cash": "53000A"}).status_code == 302
    assert list(BookAccount.objects.values_list("role", "key", "account")) == [("tender", "cash", "53000A")]
    wrong = client.post(at("livres/comptes/"), fields | {"tender__cash": "5;"})
    assert (wrong.status_code, BookAccount.objects.get().account) == (422, "53000A")
    assert client.post(at("livres/comptes/"), fields | {"tender__cash": ""}).status_code == 302
    assert BookAccount.objects.count() == 0

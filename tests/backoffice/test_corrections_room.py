"""Corrections in the office: a ticket tells what came after it, credit notes tell what is left, differences are named."""

import html
import re

import pytest

from comptoir.apps.till.models import Ticket
from comptoir.apps.wallets.models import CreditNote
from comptoir.engine.money import format_euro, format_minor
from tests.apps.till.returning import correct, own_note, seal, take_back
from tests.apps.till.shop import line, send


@pytest.fixture
def corrected(shop):
    """Three shirts of which two came back: one in cash, one as a credit note, spent twice; a tender corrected."""
    till = shop.till
    till.open(float_minor=10_000)
    basket = till.soft.basket([line("Chemise", price_e4=400_000, vat_e4=2000, quantity_milli=3000)])
    sale = seal(till, "sale", basket, ("cash", 12_000), origin=None)
    take_back(till, sale, [("Chemise", 1000)], disposition="damaged", approved_by={"id": "x", "name": "Awa"})
    note = own_note(till)
    refund = take_back(
        till, sale, [("Chemise", 1000)], ("credit_note", -4000, note), returned=[("Chemise", 1000)],
        credit_valid_until="2027-11-22",
    )  # fmt: skip
    hat = till.soft.basket([line("Bonnet", price_e4=300_000, vat_e4=2000)])
    seal(till, "sale", hat, ("credit_note", 3000, note), origin=None)
    correct(till, sale, ("cash", -12_000), ("card", 12_000), reason="Payé par carte")
    send(till)
    return {"sale": sale, "refund": refund, "note": note, "hat": hat, "till": till}


def text_of(answer) -> str:
    assert answer.status_code == 200
    main = answer.content.decode().split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def plain(text: str) -> str:
    return " ".join(text.split())


def test_a_ticket_tells_what_came_after_it(corrected, visit, at) -> None:
    page = text_of(visit("manager").get(at(f"tickets/{corrected['sale']['id']}/")))
    assert "Chemise rendu : 2" in page and "plus que vendu" not in page
    assert page.count("Remboursé par") == 2 and page.count("Règlement corrigé par") == 1
    assert plain(f"Après correction Carte {format_euro(12_000)}") in page


def test_a_refund_tells_its_origin_its_goods_and_who_allowed_it(corrected, visit, at) -> None:
    owner = visit("owner")
    first = Ticket.objects.filter(operation="refund").order_by("seq").first()
    page = text_of(owner.get(at(f"tickets/{first.pk}/")))
    assert "Ticket d’origine C1-1-3" in page and "Abîmé, mis à part" in page and "Autorisé par Awa" in page
    page = text_of(owner.get(at(f"tickets/{corrected['refund']['id']}/")))
    assert f"Avoir émis {corrected['note']}" in page and "Remis en rayon" in page


def test_credit_notes_and_what_is_left_on_them(corrected, visit, at) -> None:
    owner = visit("owner")
    page = text_of(owner.get(at("avoirs/")))
    assert corrected["note"] in page and "Entamé" in page and plain(format_minor(1000)) in page
    assert corrected["note"] in text_of(owner.get(at("avoirs/?etat=part")))
    assert corrected["note"] not in text_of(owner.get(at("avoirs/?etat=spent")))
    assert corrected["note"] in text_of(owner.get(at("avoirs/?recherche=C1-1-5")))
    detail = text_of(owner.get(at(f"avoirs/{CreditNote.objects.get().pk}/")))
    for part in (f"Reste {format_euro(1000)}", f"Montant {format_euro(4000)}", "22/11/2027", "Émis", "Utilisé"):
        assert plain(part) in detail
    assert "au-delà de sa valeur" not in detail


def test_a_note_spent_twice_is_named(corrected, visit, at) -> None:
    till = corrected["till"]
    seal(till, "sale", corrected["hat"], ("credit_note", 3000, corrected["note"]), origin=None)
    send(till)
    owner = visit("owner")
    assert "Dépensé deux fois" in text_of(owner.get(at("avoirs/?etat=over")))
    detail = text_of(owner.get(at(f"avoirs/{CreditNote.objects.get().pk}/")))
    assert "au-delà de sa valeur" in detail and plain(format_euro(-2000)) in detail


def test_more_returned_than_sold_is_named(corrected, visit, at) -> None:
    till = corrected["till"]
    take_back(till, corrected["sale"], [("Chemise", 2000)])
    send(till)
    page = text_of(visit("auditor").get(at(f"tickets/{corrected['sale']['id']}/")))
    assert "rendu : 4 , plus que vendu" in page or "rendu : 4, plus que vendu" in page


def test_who_may_see_credit_notes(corrected, visit, at) -> None:
    for path in ("avoirs/", f"avoirs/{CreditNote.objects.get().pk}/"):
        assert [visit(role).get(at(path)).status_code for role in ("owner", "manager", "auditor")] == [200] * 3
        assert visit("cashier").get(at(path)).status_code == 403
    assert visit("owner").get(at("avoirs/0192f0c1-0000-7000-8000-0000000000ff/")).status_code == 404

"""Registers, means of payment and drawer reasons from the office: what the owner adds and changes, what tills then
receive, what is refused whole, and who may."""

import json

import pytest

from comptoir.apps.fiscal.models import Event
from comptoir.apps.settings.models import CashReason, DrawerReason, Register, ReturnReason, TenderType
from comptoir.apps.settings.queries import cash_reasons, drawer_reasons, tender_types
from comptoir.apps.treasury.models import BookAccount
from comptoir.apps.treasury.periods import local_today

PAGES = (
    "caisses/nouvelle/",
    "caisses/C1/",
    "reglages/motifs/",
    "reglages/reglements/nouveau/",
    "reglages/reglements/card/",
)


def told() -> list[dict]:
    return [json.loads(event.detail) for event in Event.objects.filter(code=270).order_by("at", "record__seq")]


@pytest.mark.parametrize("path", PAGES)
def test_only_the_owner_writes(shop, visit, at, path: str) -> None:
    before = (Register.objects.count(), TenderType.objects.count(), CashReason.objects.count(), len(told()))
    form = {"code": "C9", "name": "Marché", "label": "Autre", "kind": "card", "position": "1"}
    assert [visit(role).post(at(path), form).status_code for role in ("manager", "auditor", "cashier")] in (
        [403] * 3, [422, 422, 403],
    )  # fmt: skip
    after = (Register.objects.count(), TenderType.objects.count(), CashReason.objects.count(), len(told()))
    assert after == before


def test_a_register_is_added_and_renamed(shop, visit, at) -> None:
    owner = visit("owner")
    assert 'value="C3"' in owner.get(at("caisses/nouvelle/")).content.decode()  # the next free code is proposed
    assert owner.post(at("caisses/nouvelle/"), {"code": "c3", "name": " Marché du samedi "}).status_code == 302
    assert owner.post(at("caisses/C3/"), {"name": "Camion"}).status_code == 302
    assert list(Register.objects.filter(code="C3").values_list("name", "active")) == [("Camion", True)]
    assert [one["fields"] for one in told()] == [["C3 Marché du samedi"], ["C3 Camion"]]
    code = owner.post(at("caisses/C3/code/"))
    assert code.status_code == 200 and code.context["secret"]
    assert owner.get(at("caisses/C7/")).status_code == 404


@pytest.mark.parametrize(("code", "name"), [("C1", "Encore"), ("C-3", "Tiret"), ("3C", "Chiffre"), ("C3", "  ")])
def test_a_register_that_cannot_be_is_refused(shop, visit, at, code: str, name: str) -> None:
    answer = visit("owner").post(at("caisses/nouvelle/"), {"code": code, "name": name})
    assert (answer.status_code, Register.objects.count(), told()) == (422, 2, [])


def test_a_tender_is_added_with_its_account(shop, visit, at) -> None:
    owner = visit("owner")
    form = {
        "label": "Chèque-cadeau", "kind": "voucher", "cap_minor": "50,00", "account": "467100", "needs_reference": "on",
        "active": "on",
    }  # fmt: skip
    assert owner.post(at("reglages/reglements/nouveau/"), form).status_code == 302
    offered = {row["code"]: row for row in tender_types(country="FR", on=local_today())}
    assert offered["cheque_cadeau"] == {
        "code": "cheque_cadeau", "label": "Chèque-cadeau", "kind": "voucher", "change": False, "cap_minor": 5_000,
        "opens_drawer": False, "needs_reference": True, "eligible_only": False, "position": 7,
    }  # fmt: skip
    chosen = BookAccount.objects.get(role="tender", key="cheque_cadeau")
    assert (chosen.account, chosen.label) == ("467100", "Chèque-cadeau")
    listed = owner.get(at("reglages/reglements/")).content.decode()
    assert ("Chèque-cadeau" in listed, "467100" in listed, "50,00" in listed) == (True, True, True)


def test_a_tender_is_changed_and_retired_but_cash(shop, visit, at) -> None:
    owner = visit("owner")
    form = {"label": "Carte bancaire", "position": "2", "print_always": "on", "cap_minor": "", "account": ""}
    assert owner.post(at("reglages/reglements/card/"), form).status_code == 302
    card = TenderType.objects.get(code="card")
    assert (card.label, card.kind, card.print_always, card.active) == ("Carte bancaire", "card", True, False)
    assert "card" not in {row["code"] for row in tender_types(country="FR", on=local_today())}
    assert told() == [{"setting": "tender.card", "fields": ["active", "label", "print_always"]}]
    cash = {"label": "Espèces", "position": "1", "opens_drawer": "on"}
    refused = owner.post(at("reglages/reglements/cash/"), cash)
    assert (refused.status_code, TenderType.objects.get(code="cash").active, len(told())) == (422, True, 1)
    assert "Les espèces restent acceptées" in refused.content.decode()


def test_a_refused_account_leaves_no_tender(shop, visit, at) -> None:
    form = {"label": "Ticket", "kind": "other", "account": "zz", "active": "on"}
    answer = visit("owner").post(at("reglages/reglements/nouveau/"), form)
    assert (answer.status_code, TenderType.objects.count(), BookAccount.objects.count(), told()) == (422, 6, 0, [])


def posted(page) -> dict[str, str]:
    """What the page would send unchanged."""
    form = page.context["form"]
    found = {name: form[name].value() for name in form.fields}
    return {name: "on" if value is True else value for name, value in found.items() if value is not False}


def named(page, label: str) -> str:
    """`out_3` of a row that has this name."""
    form = page.context["form"]
    return next(
        name.removeprefix("label_") for name in form.fields if name.startswith("label_") and form[name].value() == label
    )


@pytest.mark.feature("CASH-03")
def test_reasons_are_added_renamed_and_retired(shop, visit, at) -> None:
    owner = visit("owner")
    page = owner.get(at("reglages/motifs/"))
    bank, other = named(page, "Remise en banque"), named(page, "Autre sortie")
    fresh = f"label_out_{len(page.context['form'].rows['out'])}"
    changes = {f"label_{other}": "Divers", fresh: "Avance sur salaire", "label_drawer_1": "Monnaie d’un client"}
    data = {name: value for name, value in (posted(page) | changes).items() if name != f"active_{bank}"}
    assert owner.post(at("reglages/motifs/"), data).status_code == 302
    offered = {row["label"]: row["code"] for row in cash_reasons() if row["direction"] == "out"}
    assert offered == {
        "Mise au coffre": "to_safe", "Petit achat": "expense", "Divers": "other_out", "Avance sur salaire": "reason_1",
    }  # fmt: skip
    assert drawer_reasons()[0] == {"code": "change", "label": "Monnaie d’un client"}
    assert CashReason.objects.get(code="bank").label == "Remise en banque"  # kept for what is sealed
    assert told() == [
        {"setting": "reasons", "fields": ["cash.bank", "cash.other_out", "cash.reason_1", "drawer.change"]}
    ]
    again = posted(owner.get(at("reglages/motifs/")))
    assert owner.post(at("reglages/motifs/"), again).status_code == 302
    assert len(told()) == 1  # nothing changed, nothing told


@pytest.mark.parametrize("label", ["Petit achat", "petit ACHAT", ""])
def test_two_reasons_of_one_name_or_without_one_are_refused(shop, visit, at, label: str) -> None:
    owner = visit("owner")
    page = owner.get(at("reglages/motifs/"))
    answer = owner.post(at("reglages/motifs/"), posted(page) | {f"label_{named(page, 'Autre sortie')}": label})
    assert (answer.status_code, CashReason.objects.get(code="other_out").label, told()) == (422, "Autre sortie", [])


def test_the_usual_reasons_that_are_missing_are_proposed(shop, visit, at) -> None:
    CashReason.objects.filter(code__in=["from_safe", "change_sent"]).delete()
    owner = visit("owner")
    assert (
        "Monnaie prise au coffre, Monnaie préparée par le bureau" in owner.get(at("reglages/motifs/")).content.decode()
    )
    assert owner.post(at("reglages/motifs/habituels/")).status_code == 302
    assert {"from_safe", "change_sent"} <= {row["code"] for row in cash_reasons()}
    assert told() == [{"setting": "reasons", "fields": ["cash.change_sent", "cash.from_safe"]}]
    assert owner.post(at("reglages/motifs/habituels/")).status_code == 302
    assert (len(told()), DrawerReason.objects.filter(active=True).exists()) == (1, True)


def test_a_page_of_reasons_gone_stale_writes_no_name_on_its_neighbour(shop, visit, at) -> None:
    """A reason is retired and another added, and the same page is sent again: by a second press, or from another tab."""
    owner = visit("owner")
    page = owner.get(at("reglages/motifs/"))
    safe, fresh = named(page, "Mise au coffre"), f"label_out_{len(page.context['form'].rows['out'])}"
    data = {name: value for name, value in posted(page).items() if name != f"active_{safe}"}
    data[fresh] = "Avance sur salaire"
    assert owner.post(at("reglages/motifs/"), data).status_code == 302
    before = list(CashReason.objects.order_by("code").values())
    again = owner.post(at("reglages/motifs/"), data)
    assert (again.status_code, "Cette page a été modifiée ailleurs" in again.content.decode()) == (422, True)
    assert (list(CashReason.objects.order_by("code").values()), len(told())) == (before, 1)
    assert CashReason.objects.get(code="to_safe").label == "Mise au coffre"


def test_a_page_of_return_reasons_gone_stale_is_refused(shop, visit, at) -> None:
    owner = visit("owner")
    page = owner.get(at("reglages/retours/"))
    shown = {name: value or ("resale" if name.startswith("goods") else "") for name, value in posted(page).items()}
    del shown["always_for"]
    data = shown | {"label_1": ""}
    assert owner.post(at("reglages/retours/"), data).status_code == 302
    before = list(ReturnReason.objects.order_by("code").values())
    assert before != [] and owner.post(at("reglages/retours/"), data).status_code == 422
    assert list(ReturnReason.objects.order_by("code").values()) == before


def test_a_printer_out_of_service_keeps_its_address(shop, visit, at) -> None:
    owner = visit("owner")
    fields = {"host": "192.168.1.50", "port": "9101", "columns": "42", "page": "cp858", "drawer_pin": "5"}
    assert owner.post(at("imprimantes/C1/"), fields).status_code == 302
    shown = posted(owner.get(at("imprimantes/C1/")))
    assert {name: str(value) for name, value in shown.items()} == fields

"""The page of mails and QR codes: who may open it, what it keeps to itself, what a trial says."""

import html

from comptoir.apps.outreach.mail_password import mail_password
from comptoir.apps.outreach.models import MailSettings
from tests.apps.outreach.mailbox import mailbox

FORM = {
    "active": "on", "sender": "tickets@boutique.fr", "host": "127.0.0.1", "port": "587", "security": "none", "username": "boutique",
    "password": "mot de passe d'envoi", "origin": "https://caisse.boutique.fr",
}  # fmt: skip
PAGE, TRIAL = "reglages/tickets-a-la-demande/", "reglages/tickets-a-la-demande/essai/"


def told(answer) -> str:
    return html.unescape(answer.content.decode())


def test_only_who_may_change_settings_opens_it(visit, at) -> None:
    assert visit("owner").get(at(PAGE)).status_code == 200
    for role in ("manager", "auditor"):
        assert visit(role).get(at(PAGE)).status_code == 403
        assert visit(role).post(at(TRIAL), {"to": "a@b.fr"}).status_code == 403


def test_the_password_is_kept_and_never_shown(visit, at) -> None:
    owner = visit("owner")
    assert owner.post(at(PAGE), FORM).status_code == 302
    assert mail_password() == "mot de passe d'envoi"
    page = told(owner.get(at(PAGE)))
    assert "mot de passe d'envoi" not in page and "Un mot de passe est enregistré." in page
    assert owner.post(at(PAGE), FORM | {"password": "", "port": "465"}).status_code == 302
    assert mail_password() == "mot de passe d'envoi" and MailSettings.objects.get().port == 465


def test_what_cannot_work_is_said_under_its_field(visit, at) -> None:
    owner = visit("owner")
    answer = owner.post(at(PAGE), FORM | {"host": "smtp.boutique.fr"})
    assert answer.status_code == 422 and "le mot de passe circulerait en clair" in told(answer)
    assert MailSettings.objects.count() == 0 and mail_password() == ""


def test_a_trial_says_what_the_server_answered(visit, at) -> None:
    owner = visit("owner")
    assert "Enregistrez d’abord le serveur" in told(owner.post(at(TRIAL), {"to": "a@b.fr"}, follow=True))
    with mailbox() as box:
        owner.post(at(PAGE), FORM | {"port": str(box.port)})
        assert "Écrivez l’adresse qui recevra l’essai" in told(owner.post(at(TRIAL), {"to": "moi"}, follow=True))
        assert "L’essai est parti." in told(owner.post(at(TRIAL), {"to": "moi@boutique.fr"}, follow=True))
        assert [to for to, _message in box.received] == [["moi@boutique.fr"]]
        owner.post(at(PAGE), FORM | {"port": str(box.port), "password": "autre"})
        assert "n’accepte pas cet identifiant et ce mot de passe (535)" in told(
            owner.post(at(TRIAL), {"to": "moi@boutique.fr"}, follow=True)
        )
        assert len(box.received) == 1
    assert "ne répond pas" in told(owner.post(at(TRIAL), {"to": "moi@boutique.fr"}, follow=True))


def test_an_article_names_its_container_in_the_office(visit, at, shop) -> None:
    owner = visit("owner")
    bottle = {
        "name": "Consigne bouteille", "code": "V1", "kind": "deposit", "unit": "pce", "price_e4": "0,10", "vat_e4": "2000", "barcodes": "",
        "discountable": "on",
    }  # fmt: skip
    assert owner.post(at("articles/nouveau/"), bottle).status_code == 302
    honey = at(f"articles/{shop.honey.pk}/")
    fields = {
        "name": "Miel",
        "code": "MIEL",
        "kind": "goods",
        "unit": "pce",
        "price_e4": "9,80",
        "vat_e4": "550",
        "barcodes": "",
        "discountable": "on",
    }
    assert owner.post(honey, fields | {"deposit": "V1", "deposit_milli": "6"}).status_code == 302
    shop.honey.refresh_from_db()
    assert (shop.honey.deposit.code, shop.honey.deposit_milli, shop.honey.deposit.vat_e4) == ("V1", 6_000, None)
    page = told(owner.get(honey))
    assert '<option value="V1" selected>Consigne bouteille</option>' in page
    assert owner.post(honey, fields | {"deposit": "V9"}).status_code == 422

"""The Belgian demo shop of `comptoir serve --demo be`: a small drinks shop with its containers, one register, two people."""

from datetime import date

from django.db import transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.services.manage_users import create_user
from comptoir.apps.access.services.set_pin import set_pin
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.catalog.services.save_family import save_family, set_keys
from comptoir.apps.settings.services.set_up_company import CompanyDetails
from comptoir.config.demo.shelf import with_check
from comptoir.config.new_dossier import create_dossier, drop_dossier
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.creation import new_sqlite_dossier

SLUG = "demo-be"
PINS = {"anna": "1470", "jef": "2580"}
COMPANY = CompanyDetails(
    legal_name="Le Vieux Marché SRL", country="BE", number="2123456789", name="Au Vieux Marché", zone="belgique",
    vat_number="BE0403170701", address="Place du Jeu de Balle 12", postcode="1000", city="Bruxelles",
    phone="02 555 00 00", registers=[("C1", "Comptoir")],
)  # fmt: skip

FAMILIES = {
    "bieres": ("Bières", 1),
    "boissons": ("Boissons", 4),
    "epicerie": ("Épicerie", 3),
    "maison": ("Maison", 5),
    "vidanges": ("Vidanges", 6),
}

# name, cents, what it holds
CONTAINERS = {
    "V1": ("Vidange bouteille 25-33 cl", 10),
    "V2": ("Vidange bouteille 75 cl - 1 L", 30),
    "V3": ("Vidange casier vide", 210),
    "V4": ("Vidange casier de 24", 450),
}
# family, rate, meal vouchers, container, articles: name = cents
SHELF = (
    ("bieres", 2100, False, "V1", "Bière blonde 25 cl=115, Bière brune 33 cl=195, Tripel 33 cl=219, Gueuze 37,5 cl=329, Kriek 25 cl=175"),
    ("bieres", 2100, False, "V4", "Casier de blonde 24 x 25 cl=2290"),
    ("boissons", 600, True, "V2", "Eau plate 1 L verre=89, Eau pétillante 1 L verre=95, Jus de pomme 1 L=279"),
    ("boissons", 600, True, None, "Cola 33 cl canette=119, Café moulu 250 g=499"),
    ("epicerie", 600, True, None, "Chocolat noir 100 g=333, Spéculoos 250 g=289, Sirop de Liège=319, Chips paprika=202, Cuberdons=451"),
    ("maison", 2100, False, None, "Verre à bière=490, Ouvre-bouteille=349, Sac réutilisable=150"),
    ("maison", 0, False, None, "Journal du matin=202"),
)  # fmt: skip


def create_belgian_demo(password: str) -> Dossier:
    """The dossier, whole or not at all."""
    dossier = new_sqlite_dossier(SLUG, name="Au Vieux Marché (démonstration)")
    owner = create_dossier(
        dossier, company=COMPANY, login="anna", name="Anna Peeters", password=password, on=date.today()
    )
    try:
        with bound(dossier), transaction.atomic():
            _people(owner, password)
            _articles(owner)
    except BaseException:
        drop_dossier(dossier)
        raise
    return dossier


def _people(owner: User, password: str) -> None:
    set_pin(owner, pin=PINS["anna"], by=owner)
    create_user("jef", name="Jef Maes", role="manager", by=owner, password=password, pin=PINS["jef"])


def shelf() -> list[ArticleInput]:
    """Containers first, then what is sold with them; codes and barcodes follow the order, so they never change."""
    rows = [
        ArticleInput(code, name, cents * 100, None, family="vidanges", kind="deposit", barcodes=((_barcode(900 + n), 1000),))
        for n, (code, (name, cents)) in enumerate(CONTAINERS.items(), start=1)
    ]  # fmt: skip
    for family, vat_e4, meal, container, wares in SHELF:
        for ware in wares.split(", "):
            name, _, cents = ware.rpartition("=")
            number = len(rows) + 1
            rows.append(
                ArticleInput(
                    f"B{number:03d}", name, int(cents) * 100, vat_e4, family=family, meal_voucher=meal,
                    barcodes=((_barcode(number), 1000),), deposit=container,
                )
            )  # fmt: skip
    return rows


def _barcode(number: int) -> str:
    return with_check(f"5499{number:08d}")


def _articles(owner: User) -> None:
    rows = shelf()
    for position, (code, (name, colour)) in enumerate(FAMILIES.items(), start=1):
        save_family(code, by=owner, name=name, colour=colour, position=position)
    import_articles(rows, by=owner)
    ids = dict(Article.objects.values_list("code", "id"))
    for family in FAMILIES:
        set_keys(family, by=owner, articles=[ids[row.code] for row in rows if row.family == family])
    set_keys("*", by=owner, articles=[ids[row.code] for row in rows])

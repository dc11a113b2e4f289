"""The demo shop of `comptoir serve --demo`: a grocery with gifts, 303 articles, 40 customers, two registers, three people.

Its people and codes are known to everybody: a real dossier never has any of them.
"""

from datetime import date

from django.db import transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.services.manage_users import create_user
from comptoir.apps.access.services.set_pin import set_pin
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.catalog.services.save_family import save_family, set_keys
from comptoir.apps.catalog.services.set_photo import set_photo
from comptoir.apps.fiscal.queries import latest_generation
from comptoir.apps.parties.services.manage_customers import create_customer
from comptoir.apps.settings.queries import registers
from comptoir.apps.settings.services.set_up_company import CompanyDetails
from comptoir.apps.till.services.enrol_register import create_enrolment_code
from comptoir.config.demo import belgium
from comptoir.config.demo.pictures import picture_of
from comptoir.config.demo.shelf import FAMILIES, Item, customers, shelf, with_check
from comptoir.config.new_dossier import create_dossier, drop_dossier
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.creation import new_sqlite_dossier
from comptoir.dossiers.registry import find_dossier

SLUG = "demo"
PASSWORD = "samedi au marché"
PINS = {"camille": "1470", "karim": "2580", "lea": "3691"}
KEYS_A_PAGE = 24
COMPANY = CompanyDetails(
    legal_name="SARL du Pont", country="FR", number="73282932000074", name="L’Épicerie du Pont", zone="metropole",
    vat_number="FR44732829320", naf="4711B", address="12 rue du Pont", postcode="38000", city="Grenoble",
    phone="04 76 00 00 00", registers=[("C1", "Caisse entrée"), ("C2", "Caisse fond")],
)  # fmt: skip


def ensure_demo(address: str, *, shop: str = "fr") -> list[str]:
    """Create the demo dossier of a country if it is not there; returns what to tell in the terminal of a server at this
    address."""
    if shop == "be":
        dossier = find_dossier(belgium.SLUG) or belgium.create_belgian_demo(PASSWORD)
        return _told(dossier, address, login="anna", codes="Anna 1470, Jef 2580")
    return _told(find_dossier(SLUG) or _create(), address, login="camille", codes="Camille 1470, Karim 2580, Léa 3691")


def _told(dossier: Dossier, address: str, *, login: str, codes: str) -> list[str]:
    root = f"{address}d/{dossier.slug}/"
    with bound(dossier):
        enrolments = [
            f"Pour rattacher la caisse {register.code} ({register.name}) : code {code} ou {root}caisse/#code={code}"
            for register in registers()
            if latest_generation(register.code) == 0
            for code in [create_enrolment_code(register.code)]
        ]
    return [
        f"Gestion : {root} (identifiant {login}, mot de passe « {PASSWORD} »)",
        f"Caisse :  {root}caisse/ (codes : {codes})",
        *enrolments,
    ]


def _create() -> Dossier:
    dossier = new_sqlite_dossier(SLUG, name="L’Épicerie du Pont (démonstration)")
    owner = create_dossier(
        dossier, company=COMPANY, login="camille", name="Camille Roux", password=PASSWORD, on=date.today()
    )
    try:
        with bound(dossier), transaction.atomic():
            _people(owner)
            _articles(owner)
            _customers(owner)
    except BaseException:
        drop_dossier(dossier)
        raise
    return dossier


def _people(owner: User) -> None:
    set_pin(owner, pin=PINS["camille"], by=owner)
    create_user("karim", name="Karim Aziz", role="manager", by=owner, password=PASSWORD, pin=PINS["karim"])
    create_user("lea", name="Léa Morel", role="cashier", by=owner, pin=PINS["lea"])


def _articles(owner: User) -> None:
    items = list(shelf())
    kept = [
        ArticleInput("C01", "Consigne bouteille 1 L", 40_00, None, family="boissons", kind="deposit",
                     barcodes=((with_check("379900000001"), 1000),)),
        ArticleInput("C02", "Consigne bocal", 50_00, None, family="epicerie", kind="deposit",
                     barcodes=((with_check("379900000002"), 1000),)),
        ArticleInput("C03", "Limonade consignée 1 L", 289_00, 550, family="boissons", meal_voucher=True, deposit="C01",
                     barcodes=((with_check("379900000003"), 1000),)),
    ]  # fmt: skip
    for position, (code, (name, colour)) in enumerate(FAMILIES.items(), start=1):
        save_family(code, by=owner, name=name, colour=colour, position=position)
    import_articles([*(_asked(item) for item in items), *kept], by=owner)
    ids = dict(Article.objects.values_list("code", "id"))
    pages = {code: [item for item in items if item.family == code][:KEYS_A_PAGE] for code in FAMILIES}
    pages["*"] = [item for code in FAMILIES for item in pages[code][:3]][:KEYS_A_PAGE]
    for page, shown in pages.items():
        set_keys(page, by=owner, articles=[ids[item.code] for item in shown])
    for item in pages["*"] + pages["fruits"] + pages["cadeaux"]:
        set_photo(ids[item.code], by=owner, picture=picture_of(item))


def _asked(item: Item) -> ArticleInput:
    weighed = item.unit == "kg"
    return ArticleInput(
        code=item.code, name=item.name, price_e4=item.price_minor * 100, vat_e4=item.vat_e4, family=item.family,
        kind="weighed" if weighed else "goods", unit=item.unit, open_price=item.price_minor == 0, meal_voucher=item.meal_voucher,
        barcodes=((item.barcode, 1000),),
    )  # fmt: skip


def _customers(owner: User) -> None:
    for number, name in enumerate(customers()):
        first_name, _, last_name = name.partition(" ")
        # 06 39 98 is the range kept for fiction.
        create_customer(
            by=owner, name=last_name, first_name=first_name, phone=f"06 39 98 {number:02d} {number * 7 % 100:02d}"
        )

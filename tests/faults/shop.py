"""A set-up shop as a file: migrated tables, company, registers; made once a session, copied into each machine."""

from datetime import UTC, date, datetime
from pathlib import Path

from django.db import connections, transaction

from comptoir.apps.fiscal.services.add_key import enrol_key
from comptoir.apps.fiscal.services.seal_on_server import ensure_server_key
from comptoir.apps.settings import packs, queries
from comptoir.apps.settings.services.set_up_company import CompanyDetails, set_up_company
from comptoir.dossiers.binding import bound
from comptoir.dossiers.creation import build_tables, new_sqlite_dossier
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.softtill import Place

SIRET = "73282932000074"
REGISTERS = [(f"C{number}", f"Caisse {number}") for number in range(1, 6)]
NOTHING = {"algebraic_minor": 0, "absolute_minor": 0}


def build_shop(folder: Path) -> bytes:
    """The bytes of a SQLite file with everything a till needs, but no enrolment yet."""
    dossier = new_sqlite_dossier("modele", name="Essai", folder=folder)
    build_tables(dossier)
    with bound(dossier):
        set_up_company(
            CompanyDetails(
                legal_name="Essai SARL", country="FR", number=SIRET, name="Essai", zone="metropole",
                registers=REGISTERS, city="Lille", postcode="59000",
            ),
            on=date(2026, 11, 22),
        )  # fmt: skip
    connections.forget(dossier)  # folds the write-ahead log into the file
    return Path(dossier.location).read_bytes()


def enrol_till(register: str, *, key: RegisterKey, dossier_uuid: str) -> Place:
    """Enrols a key in the bound dossier and says where its till stands."""
    with transaction.atomic():
        ensure_server_key()
        added, _ = enrol_key(
            register, spki=key.spki, establishment=SIRET, origin="http://127.0.0.1", perpetual=NOTHING, operator=None,
            now=datetime.now(UTC),
        )  # fmt: skip
    types = queries.tender_types(country="FR", on=date(2026, 11, 22))
    return Place(
        dossier=dossier_uuid, establishment=SIRET, register=register, generation=added.generation, engine="1",
        pack=packs.pack_version("FR"), catalogue=1, software="comptoir-simulation/1", mode="TTC", currency="EUR",
        country="FR", cash_rounding="none", perpetual=NOTHING,
        tender_types=tuple({k: v for k, v in row.items() if k != "position"} for row in types),
    )  # fmt: skip

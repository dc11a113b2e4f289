"""`comptoir dossier`: create, list, check; and its care, told in the modules beside this one."""

import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._backup import backup_command, copies_command
from comptoir.config.cli._compact import compact_command
from comptoir.config.cli._dossier import chosen_dossier
from comptoir.config.cli._output import answer, json_option, progress, refuse
from comptoir.config.cli._repair import repair_command
from comptoir.config.cli._restore import restore_command

if TYPE_CHECKING:
    from comptoir.dossiers.binding import Dossier


@click.group()
def command() -> None:
    """Créer, lister, vérifier, copier et soigner les dossiers (un dossier : les comptes d’une entreprise)."""


command.add_command(backup_command, "backup")
command.add_command(copies_command, "copies")
command.add_command(restore_command, "restore")
command.add_command(compact_command, "compact")
command.add_command(repair_command, "repair")


@command.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Raison sociale.")
@click.option("--shop", default=None, help="Enseigne ; la raison sociale par défaut.")
@click.option("--country", type=click.Choice(["FR", "BE"]), default="FR", show_default=True, help="Pays.")
@click.option("--zone", default=None, help="Zone de TVA : metropole, corse, antilles_reunion, belgique.")
@click.option("--number", required=True, help="SIRET (France) ou numéro d’unité d’établissement (Belgique).")
@click.option("--vat", default="", help="Numéro de TVA.")
@click.option("--naf", default="", help="Code NAF.")
@click.option("--address", default="", help="Adresse.")
@click.option("--postcode", default="", help="Code postal.")
@click.option("--city", default="", help="Ville.")
@click.option("--owner", required=True, help="Identifiant du propriétaire.")
@click.option("--owner-name", required=True, help="Nom du propriétaire.")
@click.option("--password-stdin", is_flag=True, help="Lire le mot de passe sur l’entrée standard.")
@click.option("--engine", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--database", default=None, help="PostgreSQL : nom de la base à créer.")
@click.option("--host", default="", help="PostgreSQL : adresse du serveur.")
@click.option("--port", default="", help="PostgreSQL : port.")
@click.option("--user", default="", help="PostgreSQL : compte ; son mot de passe se lit dans PGPASSWORD.")
@json_option
def create(**options: Any) -> None:
    """Créer un dossier avec son premier utilisateur, le propriétaire."""
    start_django()
    from comptoir.apps.access.refusals import AccessRefusal
    from comptoir.apps.settings.services.set_up_company import SettingsRefused
    from comptoir.config.new_dossier import CreationRefused, create_dossier
    from comptoir.dossiers.registry import RegistryRefusal

    password = _password(options["password_stdin"])
    dossier = _described(options)
    try:
        with progress("Création du dossier"):
            create_dossier(
                dossier, company=_company(options), login=options["owner"], name=options["owner_name"],
                password=password, on=date.today(),
            )  # fmt: skip
    except (AccessRefusal, SettingsRefused, CreationRefused, RegistryRefusal) as refusal:
        refuse(str(refusal))
    answer(
        {"slug": dossier.slug, "uuid": str(dossier.uuid), "engine": dossier.engine, "location": dossier.location},
        as_json=options["as_json"],
        text=f"Dossier « {dossier.slug} » créé. Ouvrez-le avec : comptoir serve",
    )


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Lister les dossiers de cette installation, et dire ceux qui ne peuvent pas être servis tels quels."""
    start_django()
    from comptoir.dossiers.registry import dossiers

    rows, lines = [], []
    for dossier in dossiers():
        state, told = _state_of(dossier)
        rows.append(
            {"slug": dossier.slug, "name": dossier.name, "engine": dossier.engine, "location": dossier.location,
             "state": state, "message": told}
        )  # fmt: skip
        lines.append(f"{dossier.slug:<20} {dossier.engine:<11} {dossier.name}")
        lines += [f"  ✗ {told}"] if told else []
    answer({"dossiers": rows}, as_json=as_json, text="\n".join(lines) or "Aucun dossier.")


def _state_of(dossier: "Dossier") -> tuple[str, str]:
    """`current`, `older`, `newer` or `unreadable`, and what a person must know, in French."""
    from django.db import DatabaseError, connections

    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.checking import unreadable
    from comptoir.dossiers.versions import age_of

    try:
        age = age_of(dossier)
    except UnsafeDatabase as unsafe:
        return "unreadable", str(unsafe)
    except DatabaseError as problem:
        return "unreadable", unreadable(dossier, problem)
    finally:
        connections.forget(dossier)
    return "newer" if age.newer else "older" if age.pending else "current", age.told


@command.command("check")
@click.argument("slug", required=False)
@json_option
def check(slug: str | None, as_json: bool) -> None:
    """Vérifier un dossier : base, liens, protections, scellés. Code de sortie 1 si quelque chose ne va pas."""
    dossier = chosen_dossier(slug)
    from comptoir.config.dossier_checks import outside_checks
    from comptoir.dossiers.checking import check_dossier

    with progress("Vérification du dossier"):
        findings = check_dossier(dossier, outside=outside_checks())
    rows = [{"check": finding.check, "message": finding.message} for finding in findings]
    text = "\n".join(row["message"] for row in rows) or f"Le dossier « {dossier.slug} » est sain."
    answer({"slug": dossier.slug, "sound": not rows, "findings": rows}, as_json=as_json, text=text)
    if rows:
        raise SystemExit(1)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt(
        "Mot de passe du propriétaire (12 caractères au moins)", hide_input=True, confirmation_prompt=True
    )


def _described(options: dict[str, Any]) -> "Dossier":
    from comptoir.dossiers.creation import new_postgresql_dossier, new_sqlite_dossier

    if options["engine"] == "sqlite":
        return new_sqlite_dossier(options["slug"], name=options["name"])
    connection = {key: options[key] for key in ("host", "port", "user") if options[key]}
    if os.environ.get("PGPASSWORD"):
        connection["password"] = os.environ["PGPASSWORD"]
    database = options["database"] or options["slug"].replace("-", "_")
    return new_postgresql_dossier(options["slug"], name=options["name"], database=database, options=connection)


def _company(options: dict[str, Any]) -> Any:
    from comptoir.apps.settings.services.set_up_company import CompanyDetails

    zone = options["zone"] or {"FR": "metropole", "BE": "belgique"}[options["country"]]
    return CompanyDetails(
        legal_name=options["name"], name=options["shop"] or options["name"], country=options["country"], zone=zone,
        number=options["number"], vat_number=options["vat"], naf=options["naf"], address=options["address"],
        postcode=options["postcode"], city=options["city"],
    )  # fmt: skip

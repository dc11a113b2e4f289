"""Fills the attestation. Its wording is a text that a person replaces: `attestation.txt` of the data folder; who edits the
software is `attestation.json` beside it. Without them the paper says that it is a draft, on its first line.

Wording: a line that starts with `# ` is a title, `---` a line to sign on, `$field` a datum. The words that claim a
certification we do not hold are refused."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from comptoir import __version__
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.server_key import dossier_id
from comptoir.apps.settings.queries import company, main_establishment

from ..sheets.drawing import Sheet

EDITOR = ("nom", "adresse", "immatriculation", "representant", "lieu")
DRAFT = "PROJET. Le texte officiel et l’identité de l’éditeur ne sont pas encore en place : ce papier ne vaut pas attestation."
_CLAIMS = re.compile(r"nf\s*525|certifi", re.IGNORECASE)
_FIELD = re.compile(r"\$([a-z_]+)")


class AttestationRefused(ValueError):
    """A wording or an identity that cannot be used; words for people."""


def attestation_sheet(on: date) -> Sheet:
    """The attestation of the bound dossier as a sheet. Raises AttestationRefused for files that cannot be read, and for a
    wording that claims a certification."""
    own = settings.DATA_FOLDER() / "attestation.txt"
    text = _read(own) if own.is_file() else Path(__file__).with_name("wording.txt").read_text(encoding="utf-8")
    if _CLAIMS.search(text):
        raise AttestationRefused(
            "Le texte parle de certification : Comptoir n’est pas certifié. Corrigez attestation.txt."
        )
    fields, missing = _fields(on), []

    def filled(match: re.Match[str]) -> str:
        value = fields.get(match[1], "")
        if not value:
            missing.append(match[1])
        return value or f"[à compléter : {match[1].replace('_', ' ')}]"

    lines = _FIELD.sub(filled, text).splitlines()
    draft = bool(missing) or not own.is_file() or "[TEXTE OFFICIEL" in text
    title = next((line[2:] for line in lines if line.startswith("# ")), "Attestation")
    return {
        "title": title, "subtitle": fields["client_nom"], "owner": [], "notice": DRAFT if draft else "",
        "blocks": _blocks(lines, title), "foot": f"Comptoir {__version__}, dossier {dossier_id()}",
    }  # fmt: skip


def _blocks(lines: list[str], title: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for line in (line.strip() for line in lines):
        if line == f"# {title}" and not blocks:
            continue
        if line == "---":
            blocks.append({"t": "rule"})
        elif line.startswith("# "):
            blocks.append({"t": "title", "s": line[2:]})
        elif line:
            blocks.append({"t": "text", "s": line})
    return blocks


def _fields(on: date) -> dict[str, str]:
    owner, place = company(), main_establishment()
    first = Record.objects.order_by("at").values_list("business_date", flat=True).first()
    where = ", ".join(
        part for part in (place.name, place.number, place.address, f"{place.postcode} {place.city}") if part
    )
    return {
        **{f"editeur_{key}": value for key, value in _editor().items()}, "logiciel": "Comptoir",
        "version": __version__, "version_majeure": __version__.split(".")[0], "licence": str(dossier_id()),
        "client_nom": owner.legal_name, "client_immatriculation": owner.registration or place.number,
        "client_etablissement": where, "premiere_utilisation": f"{first:%d/%m/%Y}" if first else "",
        "date": f"{on:%d/%m/%Y}",
    }  # fmt: skip


def _editor() -> dict[str, str]:
    path = settings.DATA_FOLDER() / "attestation.json"
    if not path.is_file():
        return dict.fromkeys(EDITOR, "")
    try:
        said = json.loads(_read(path))
        return {key: str(said.get(key, "")) for key in EDITOR}
    except (ValueError, AttributeError) as problem:
        raise AttestationRefused("Le fichier attestation.json ne se lit pas.") from problem


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise AttestationRefused(f"Le fichier {path.name} ne se lit pas : enregistrez-le en UTF-8.") from problem

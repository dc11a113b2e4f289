"""The attestation: data of the dossier in a wording that a person provides; never a certification we do not hold."""

import json
from datetime import date

import pytest

from comptoir.dossiers.home import home
from comptoir.exchange.attestation.making import DRAFT, EDITOR, AttestationRefused, attestation_sheet
from comptoir.exchange.sheets.drawing import sheet_pdf
from tests.apps.till.shop import SIRET, set_up_shop

DAY = date(2026, 11, 22)


def words(sheet: dict) -> str:
    return "\n".join(block.get("s", "") for block in sheet["blocks"])


def test_without_the_official_text_it_is_a_draft(sqlite_dossier) -> None:
    set_up_shop("C1")
    sheet = attestation_sheet(DAY)
    assert sheet["notice"] == DRAFT and "[TEXTE OFFICIEL À INSÉRER" in words(sheet)
    assert "Nom ou raison sociale : Essai SARL" in words(sheet) and SIRET in words(sheet)
    assert "[à compléter : editeur nom]" in words(sheet)
    everything = json.dumps(sheet, ensure_ascii=False).lower()
    assert "nf525" not in everything and "certifi" not in everything
    assert sheet_pdf(sheet)[:5] == b"%PDF-"


def test_with_wording_and_editor_it_is_whole(sqlite_dossier) -> None:
    set_up_shop("C1")
    (home() / "attestation.txt").write_text(
        "# Attestation\nJe soussigné $editeur_nom, éditeur, version $version.\n---\n", "utf-8"
    )
    (home() / "attestation.json").write_text(json.dumps(dict.fromkeys(EDITOR, "Éditions du Comptoir")), "utf-8")
    sheet = attestation_sheet(DAY)
    assert (sheet["title"], sheet["notice"]) == ("Attestation", "")
    assert "Je soussigné Éditions du Comptoir" in words(sheet)
    assert sheet["blocks"][-1] == {"t": "rule"}


@pytest.mark.parametrize("claim", ["Logiciel certifié NF 525", "conforme NF525", "certification obtenue"])
def test_a_claim_of_certification_is_refused(sqlite_dossier, claim: str) -> None:
    set_up_shop("C1")
    (home() / "attestation.txt").write_text(f"# Attestation\n{claim}\n", "utf-8")
    with pytest.raises(AttestationRefused, match="pas certifié"):
        attestation_sheet(DAY)


def test_files_that_cannot_be_read_are_said(sqlite_dossier) -> None:
    set_up_shop("C1")
    (home() / "attestation.json").write_text("[", "utf-8")
    with pytest.raises(AttestationRefused, match="attestation.json"):
        attestation_sheet(DAY)
    (home() / "attestation.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AttestationRefused, match="UTF-8"):
        attestation_sheet(DAY)

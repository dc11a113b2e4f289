"""The inspection: a read-only person in the office, one screen, an archive taken away and verified without the product."""

import csv
import io
import json
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from tests.scenarios.street import Office
from tests.scenarios.year.books import verified_in_a_bare_python
from tests.scenarios.year.closings import plain, table
from tests.scenarios.year.shop import Year

YEAR = "du=2027-04-01&au=2028-03-31"


def the_inspection(year: Year) -> None:
    """On Wednesday 12 April 2028 the inspector asks for the fiscal year, and takes everything away."""
    year.it_is("2028-04-12T10:00")
    year.server.start()
    office = year.office("inspection", name="inspector")
    office.page.get_by_role("link", name="Contrôle").first.click()
    office.page.get_by_role("link", name="Exercice du 01/04/2027 au 31/03/2028").click()
    office.page.get_by_role("button", name="Lancer le contrôle").click()
    expect(office.page.locator("body")).to_contain_text("Archive signée de la période", timeout=90_000)
    expect(office.page.locator("h2 + p.ok")).to_contain_text("Tout est intact")
    archive = downloaded(office, "Télécharger l’archive", year.folder / "archive.zip")
    check_archive(archive)
    said = verified_in_a_bare_python(archive, year.folder / "bare")
    assert "intact" in said, said
    refused_after_a_touch(archive, year.folder)
    check_statement(office)
    nothing_can_be_changed(office)
    year.evening()


def downloaded(office: Office, name: str, path: Path) -> Path:
    with office.page.expect_download() as download:
        office.page.get_by_role("link", name=name).click()
    download.value.save_as(path)
    return path


def check_archive(archive: Path) -> None:
    """27 tickets that add up to 400,00; eleven Z, twelve months, one year; the year says what its Z said."""
    tickets = rows_of(archive, "tickets.csv")
    assert len(tickets) == 27
    assert sum(cents(row["total_ttc"]) for row in tickets) == 400_00
    assert sum(cents(row["total_tva"]) for row in tickets) == 56_57
    closings = rows_of(archive, "clotures.csv")
    z = [row for row in closings if row["chaine"] == "C1-1-z"]
    assert [cents(row["total_ttc"]) for row in z] == [
        98_00,
        4_00,
        64_00,
        8_00,
        86_00,
        24_00,
        2_00,
        86_00,
        -36_00,
        2_00,
        62_00,
    ]
    months = [row for row in closings if row["chaine"].endswith("-month")]
    assert [cents(row["total_ttc"]) for row in months] == [
        102_00, 64_00, 8_00, 86_00, 0, 26_00, 0, 0, 86_00, -36_00, 2_00, 62_00,
    ]  # fmt: skip
    [year] = [row for row in closings if row["chaine"].endswith("-year")]
    assert (year["debut"], year["fin"]) == ("2027-04-01", "2028-03-31")
    told = {name: cents(year[name]) for name in ("total_ttc", "total_ht", "total_tva", "perpetuel", "perpetuel_absolu")}
    assert told == {
        "total_ttc": 400_00,
        "total_ht": 343_43,
        "total_tva": 56_57,
        "perpetuel": 400_00,
        "perpetuel_absolu": 576_00,
    }


def rows_of(archive: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(archive) as bundle:
        text = bundle.read(name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def cents(text: str) -> int:
    """« -36,00 » is -3600."""
    return int(text.replace(",", ""))


def refused_after_a_touch(archive: Path, folder: Path) -> None:
    """One cent in one sealed record of a copy: the archive's own program names it."""
    with zipfile.ZipFile(archive) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    first = json.loads(files["records.jsonl"].splitlines()[0])
    assert first["body"]
    place = files["records.jsonl"].index(b"gross_minor") + 14
    digit = files["records.jsonl"][place]
    files["records.jsonl"] = files["records.jsonl"][:place] + bytes([digit ^ 1]) + files["records.jsonl"][place + 1 :]
    touched = folder / "touched.zip"
    with zipfile.ZipFile(touched, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    said = verified_in_a_bare_python(touched, folder / "touched", code=1)
    assert "Cette archive a été touchée." in said


def check_statement(office: Office) -> None:
    """The free statement of the same days says the same."""
    office.page.get_by_role("link", name="Relevé de la période", exact=True).click()
    assert table(office, "TVA par taux") == [["20 %", "260,00", "52,00", "312,00"], ["5,5 %", "83,43", "4,57", "88,00"]]
    assert "400,00 €" in plain(office.page.locator("section.card dl").first.inner_text())


def nothing_can_be_changed(office: Office) -> None:
    """The inspector reads. No page offers a change, and asking for one all the same is refused."""
    page = office.page
    page.goto(f"{office.address}clotures/?mois=2028-03")
    assert page.locator("form[method=post] button.main").count() == 0
    assert page.goto(f"{office.address}articles/nouveau/").status == 403
    assert page.goto(f"{office.address}utilisateurs/nouveau/").status == 403

"""All that an inspection asks for, as one zip: each file opens, and says what the office shows."""

import csv
import io
import json
import zipfile
from datetime import date

import pypdfium2
import pytest

from comptoir.apps.fiscal.models import Event
from comptoir.backoffice.inspection.running import open_inspection, run_inspection

SPAN = (date(2026, 11, 1), date(2026, 11, 30))
TABLES = {
    "closing_list", "ticket_list", "statement", "sales_journal", "receipts_book", "cash_book", "drawer_move_list",
    "office_move_list", "evenements", "kept_list", "user_list", "role_rights",
}  # fmt: skip
PAPERS = {"statement", "sales_journal", "receipts_book", "cash_book"}


@pytest.fixture
def done(shop):
    auditor = shop.people["auditor"]
    open_inspection(*SPAN, scope="", by=auditor)
    return run_inspection(*SPAN, scope="", by=auditor, progress=lambda total: lambda steps: None)


def table(made: zipfile.ZipFile, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.read(name).decode("utf-8-sig")), delimiter=";"))


@pytest.mark.feature("FISC-10", "FISC-12")
def test_each_file_of_the_bundle_opens(done, shop, visit, at) -> None:
    answer = visit("auditor").get(at(f"controle/{done}/dossier/"))
    assert answer["Content-Disposition"] == 'attachment; filename="controle-2026-11-01-2026-11-30.zip"'
    made = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert made.testzip() is None
    names = set(made.namelist())
    archive = next(name for name in names if name.startswith("archive/"))
    wanted = {f"pieces/{name}.csv" for name in TABLES} | {f"pieces/{name}.pdf" for name in PAPERS}
    assert names == wanted | {archive, "attestation.pdf", "LISEZMOI.txt"}
    for name in sorted(names):
        if name.endswith(".csv"):
            rows = table(made, name)
            ragged = name == "pieces/statement.csv"  # a sheet of blocks
            assert rows != [] and (ragged or {len(row) for row in rows} == {len(rows[0])}), name
        if name.endswith(".pdf"):
            assert len(pypdfium2.PdfDocument(made.read(name))) >= 1, name
    inner = zipfile.ZipFile(io.BytesIO(made.read(archive)))
    assert inner.testzip() is None and "verify.py" in {name.rsplit("/", 1)[-1] for name in inner.namelist()}
    codes = [row[1] for row in table(made, "pieces/evenements.csv")[1:]]
    assert codes.count("280") == 2
    assert [row[0] for row in table(made, "pieces/ticket_list.csv")[1:]] == ["C1-1-2", "C1-1-1"]
    assert "Tout est intact" in made.read("LISEZMOI.txt").decode()


def test_who_took_it_is_told_and_who_may_not_takes_nothing(done, shop, visit, at) -> None:
    before = list(Event.objects.values_list("pk", flat=True))  # the archive has told its own
    assert visit("cashier").get(at(f"controle/{done}/dossier/")).status_code == 403
    assert Event.objects.exclude(pk__in=before).count() == 0
    b"".join(visit("manager").get(at(f"controle/{done}/dossier/")).streaming_content)
    event = Event.objects.exclude(pk__in=before).get()
    assert json.loads(event.detail)["file"] == "controle-2026-11-01-2026-11-30.zip"
    assert (event.code, event.operator_name) == (110, shop.people["manager"].name)


@pytest.mark.parametrize(("day", "count"), [("2026-11-21", 0), ("2026-11-22", 2)])
def test_a_book_of_free_days(shop, visit, at, day: str, count: int) -> None:
    """Both sales are of the 22nd; « Ventes en espèces » tells how many tickets its line sums."""
    pages = {name: visit("auditor").get(at(f"livres/{name}?du={day}&au={day}&export=csv")) for name in ("", "ventes/")}
    texts = {name: b"".join(page.streaming_content).decode("utf-8-sig") for name, page in pages.items()}
    assert texts["ventes/"].count("C1-1-") == count
    assert texts[""].count("Ventes en espèces (2 tickets)") == count // 2

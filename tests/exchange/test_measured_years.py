"""The dossiers that `make bench` measures are genuine: a small one is verified, closed, cross-checked and archived."""

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from bench import on_a_year, years
from bench.apart import apart
from bench.bare import connect
from bench.days import fill_days
from bench.place import home
from tests.faults.real_server import SLUG, comptoir

DAYS = [(date(2025, 6, 2), 7), (date(2025, 6, 3), 1), (date(2025, 6, 30), 12)]


def test_a_year_of_any_size_has_the_same_closings() -> None:
    for tickets in (1_000, 100_000, 1_000_000):
        days = years.days_of(tickets)
        assert (len(days), days[0][0], days[-1][0]) == (365, date(2025, 1, 1), date(2025, 12, 31))
    june = sum(count for day, count in days if day.month == 6) * years.REGISTERS
    assert (june, sum(count for _, count in days) * years.REGISTERS) == (300_000, 1_000_150)


@pytest.mark.slow
def test_multiplied_days_are_what_a_shop_would_have_sealed(tmp_path: Path) -> None:
    """Two registers with 20 tickets each, of which 5,00 each in cash, and three Z."""
    with home("sqlite") as place:
        fill_days(place, registers=2, days=DAYS)
        connection = connect(place)
        rows = connection.execute(
            "SELECT register, seq, first_seq, last_seq, ticket_count, agrees FROM treasury_closing ORDER BY 1, 2"
        ).fetchall()
        ((price, sold),) = connection.execute("SELECT MIN(gross_minor), SUM(gross_minor) FROM till_ticket").fetchall()
        ((cash,),) = connection.execute("SELECT SUM(amount) FROM treasury_cashtransfer WHERE code = 'sale'").fetchall()
        connection.close()
        assert rows == [
            (register, *row, 1) for register in ("T1", "T2") for row in ((1, 1, 7, 7), (2, 8, 8, 1), (3, 9, 20, 12))
        ]
        assert (sold, cash) == (40 * price, 40 * 500)
        told = json.loads(comptoir("verify", SLUG, "--json", home=place.folder).stdout)
        assert (told["intact"], told["chains"]["T1-1-ticket"], told["chains"]["T2-1-z"]) == (True, 20, 3)
        closed = apart(place, "years:close_all").told
        assert len(closed["months"]) == 7  # from June to December
        assert set(apart(place, "on_a_year:books_of_june").told) == set(on_a_year.BOOKS)
        done = apart(place, "on_a_year:archive_year", folder=str(tmp_path))
        assert (done.told["ruptures"], done.told["records"] > 60) == (0, True)
        _check_alone(Path(done.told["path"]), tmp_path)


def _check_alone(path: Path, folder: Path) -> None:
    """The archive's own program, in a bare Python, finds it intact."""
    with zipfile.ZipFile(path) as archive:
        (folder / "verify.py").write_bytes(archive.read("verify.py"))
    done = subprocess.run([sys.executable, "-I", str(folder / "verify.py"), str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

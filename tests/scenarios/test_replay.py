"""`comptoir replay` from the command line: a real server, real HTTP, real files; every day balances or is told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.uci_file import write_uci
from tests.faults.real_server import Server, create_dossier, enrolment_codes
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.slow
OWNER = ["--owner", "ana", "--owner-name", "Ana", "--password-stdin"]


def comptoir(*arguments: str, home: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "comptoir", *arguments], input=stdin, capture_output=True, text=True, timeout=600,
        env={**os.environ, "COMPTOIR_HOME": str(home)},
    )  # fmt: skip


def replayed(*arguments: str, home: Path) -> tuple[int, dict[str, Any]]:
    done = comptoir("replay", *arguments, "--json", home=home)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_file_with_everything_odd_balances(tmp_path: Path) -> None:
    path, report = tmp_path / "ventes.csv", tmp_path / "rapport.json"
    wrote = write_uci(path, days=3, invoices=12, lines=8, style="mdy", encoding="cp1252", shuffled=True)
    code, told = replayed(str(path), "--new", "--report", str(report), home=tmp_path / "home")
    assert code == 0 and told["whole"], told
    assert (told["read"], told["sold"], told["listed"]) == (wrote.lines, wrote.sold, wrote.listed)
    assert {day["date"]: day["z_minor"] for day in told["days"]} == wrote.totals_minor
    assert all(day["booked_minor"] == day["z_minor"] == day["file_minor"] for day in told["days"])
    assert (told["kept"], told["heads_differ"]) == (0, [])
    full = json.loads(report.read_text("utf-8"))
    assert len(full["listed"]) == wrote.listed
    lines = path.read_text("cp1252").split("\n")
    for row in full["listed"]:  # every line that was left out is the one that the report shows
        assert lines[row["line"] - 1].startswith(f"{row['invoice']},"), row
        assert row["reason"].endswith(".")


def test_a_second_replay_goes_to_a_register_of_its_own(tmp_path: Path) -> None:
    path, home = tmp_path / "ventes.csv", tmp_path / "home"
    wrote = write_uci(path, days=1, invoices=4, lines=4)
    made = comptoir("dossier", "create", "essai", "--name", "Essai", "--number", "73282932000074", *OWNER, home=home,
                    stdin="correct horse battery staple\n")  # fmt: skip
    assert made.returncode == 0, made.stderr
    for _ in range(2):
        code, told = replayed(str(path), "--dossier", "essai", home=home)
        assert code == 0, told
        assert [day["z_minor"] for day in told["days"]] == list(wrote.totals_minor.values())


def test_a_server_elsewhere_is_replayed_to_with_a_code(tmp_path: Path) -> None:
    """Nothing of the dossier is here: only an address and a manager's one-time code."""
    path, there = tmp_path / "ventes.csv", tmp_path / "there"
    there.mkdir()
    wrote = write_uci(path, days=1, invoices=4, lines=4)
    create_dossier(there)
    server = Server(there)
    server.start()
    try:
        (one_time,) = enrolment_codes(there, count=1)
        where = ["--url", f"http://127.0.0.1:{server.port}", "--dossier", "essai", "--code", one_time]
        code, told = replayed(str(path), *where, home=tmp_path / "here")
        assert code == 0 and told["whole"], told
        assert [day["z_minor"] for day in told["days"]] == list(wrote.totals_minor.values())
        assert [day["booked_minor"] for day in told["days"]] == [None]  # its tables cannot be read from here
        again = comptoir("replay", str(path), *where, home=tmp_path / "here")
        assert again.returncode == 1 and "code_used" in again.stderr
    finally:
        server.stop()


SAMPLE_DAYS = {  # added up from the files with decimals, line by line, apart from the code under test
    "2010-12-01": 5_863_556, "2010-12-02": 4_620_728, "2010-12-03": 4_562_046, "2011-11-14": 11_214_111,
    "2011-11-15": 6_059_423, "2011-11-16": 6_440_870, "2011-11-17": 6_032_972, "2011-11-18": 4_803_180,
}  # fmt: skip


def sample_files(shared_data: Path) -> list[str]:
    return sorted(str(path) for path in (shared_data / "retail" / "uci-online-retail-sample").glob("*.csv"))


def check_sample(code: int, told: dict[str, Any]) -> None:
    assert code == 0 and told["whole"], told
    assert {day["date"]: day["z_minor"] for day in told["days"]} == SAMPLE_DAYS
    assert all(day["booked_minor"] == day["z_minor"] == day["file_minor"] for day in told["days"])
    assert (told["read"], told["sold"], told["listed"]) == (25_197, 25_069, 128)


def test_the_sample_days_balance(shared_data: Path, tmp_path: Path) -> None:
    check_sample(*replayed(*sample_files(shared_data), "--new", home=tmp_path / "home"))


@pytest.mark.postgres
def test_the_sample_days_balance_on_postgresql(shared_data: Path, tmp_path: Path, postgres: PostgresServer) -> None:
    home, options = tmp_path / "home", postgres.options
    made = comptoir(
        "dossier", "create", "reprise", "--name", "Reprise", "--number", "73282932000074", *OWNER, "--engine",
        "postgresql", "--host", options["host"], "--port", options["port"], "--user", options["user"], home=home,
        stdin="correct horse battery staple\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    check_sample(*replayed(*sample_files(shared_data), "--dossier", "reprise", home=home))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,c\n1,2,3\n", "il manque la colonne InvoiceNo, Quantity, InvoiceDate, UnitPrice"),
        ("", "le fichier est vide"),
    ],
)
def test_a_file_that_is_no_sales_file_is_refused_before_anything_is_made(
    tmp_path: Path, content: str, message: str
) -> None:
    path, home = tmp_path / "ventes.csv", tmp_path / "home"
    path.write_text(content, "utf-8")
    done = comptoir("replay", str(path), "--new", home=home)
    assert done.returncode == 1 and message in done.stderr
    assert not (home / "dossiers.json").exists()


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    one, two, home = tmp_path / "un.csv", tmp_path / "deux.csv", tmp_path / "home"
    write_uci(one, days=1, invoices=2, lines=2)
    two.write_bytes(one.read_bytes())
    done = comptoir("replay", str(one), str(two), "--new", home=home)
    assert done.returncode == 1 and "il serait vendu deux fois" in done.stderr
    assert not (home / "dossiers.json").exists()

"""T12: the power cut of a real ext4 file system under the reception, on the shipped SQLite backend. Needs root and loop devices, and
belongs to `make faults`; T10 does the same on a simulated disk everywhere."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from comptoir.apps.fiscal import queries as fiscal_queries
from comptoir.apps.till.services import receive_records
from comptoir.dossiers.binding import Dossier, bound

from .conftest import FULL
from .ext4_image import Ext4Image, require_real_disks
from .judge import ask, chain_faults, hexadecimal, ledger_faults, stored_records
from .stream import Stream, receive, sealed_stream

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FULL, reason="real power cuts run with make faults (COMPTOIR_FAULTS=full)"),
]
CUTS = int(os.environ.get("COMPTOIR_CUTS", "100"))


@pytest.fixture(scope="module")
def stream(shop_content: bytes, django_db_blocker) -> Stream:
    with django_db_blocker.unblock():
        return sealed_stream(shop_content, tickets=1_500)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Ext4Image]:
    require_real_disks(tmp_path / "try")
    disk = Ext4Image(tmp_path, megabytes=128)
    yield disk
    disk.close()


class Writer:
    """The process that books on the disk; its promises as they come."""

    def __init__(self, stream: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.ext4_writer", str(stream)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        self.said: list[tuple[str, float]] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.wait_for("ready", seconds=120)

    def _read(self) -> None:
        for line in self.process.stdout:  # type: ignore[union-attr]
            name, value = line.split()
            self.said.append((name, float(value) if value[0].isdigit() else 0.0))

    def wait_for(self, name: str, *, seconds: float = 60) -> float:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for known, value in self.said:
                if known == name:
                    return value
            time.sleep(0.01)
        raise AssertionError(f"the writer never said {name}")

    def begin(self, mode: str, folder: Path) -> int:
        self.said.clear()
        self.process.stdin.write(f"{mode} {folder}\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        return int(self.wait_for("pid"))

    def promises(self) -> list[tuple[str, float]]:
        return [one for one in self.said if "-" in one[0]]

    def stop(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(timeout=120)
        self._reading.join(timeout=10)
        self.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def writer(stream: Stream, tmp_path: Path) -> Iterator[Writer]:
    told = tmp_path / "stream.json"
    told.write_text(json.dumps({"identity": str(stream.identity), "records": stream.records}))
    writer = Writer(told)
    yield writer
    writer.stop()


def cut_under(writer: Writer, disk: Ext4Image, *, mode: str, folder: Path, rng: random.Random) -> set[str]:
    """One cut while the writer works in the folder; what it had promised before."""
    pid = writer.begin(mode, folder)
    enough = rng.randrange(1, 60)
    deadline = time.monotonic() + 60
    while len(writer.promises()) < enough:
        assert time.monotonic() < deadline, f"the writer is stuck: {writer.said[-1:]}"
        time.sleep(0.002)
    time.sleep(rng.random() / 5)
    before = disk.cut()
    os.kill(pid, signal.SIGKILL)
    disk.power_back()
    time.sleep(0.05)  # what the pipe still held
    return {name for name, at in writer.promises() if at < before}


def test_t12_a_real_power_cut_loses_nothing_acknowledged(disk: Ext4Image, writer: Writer, stream: Stream) -> None:
    rng, promised = random.Random(12), 0
    for number in range(CUTS):
        folder = disk.path / f"n{number}"
        folder.mkdir()
        (folder / "essai.comptoir").write_bytes(stream.content)
        os.sync()
        acknowledged = cut_under(writer, disk, mode="real", folder=folder, rng=rng)
        _check(folder, acknowledged=acknowledged, stream=stream, whole=number % 10 == 0)
        promised += len(acknowledged)
        shutil.rmtree(folder)
    print(f"{CUTS} cuts, {promised} acknowledged records, none lost")
    assert promised > 20 * CUTS


def _check(folder: Path, *, acknowledged: set[str], stream: Stream, whole: bool) -> None:
    dossier = Dossier(
        slug="essai", uuid=stream.identity, name="Essai", engine="sqlite", location=str(folder / "essai.comptoir")
    )
    receive_records._desks.pop(dossier.uuid, None)  # what the dead process knew
    fiscal_queries._keys.clear()
    with bound(dossier):
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        present = [hexadecimal(row["id"]) for row in records]
        assert {hexadecimal(one) for one in acknowledged} - set(present) == set()
        assert len(present) == len(set(present))
        assert chain_faults(records, keys=keys) == []
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
        if whole:  # sending the day again completes it
            for start in range(0, len(stream.records), 200):
                assert set(receive(stream.records[start : start + 200])) <= {"stored", "duplicate"}
            assert ledger_faults(stored_records()) == []
        connections.forget(dossier)


def test_t12_control_synchronous_off_loses(disk: Ext4Image, writer: Writer) -> None:
    """The same cuts under a database that does not wait for its disk: acknowledged rows are gone, or the cuts do not cut."""
    rng, promised, lost = random.Random(13), 0, 0
    for number in range(max(5, CUTS // 10)):
        folder = disk.path / f"n{number}"
        folder.mkdir()
        os.sync()
        acknowledged = cut_under(writer, disk, mode="off", folder=folder, rng=rng)
        promised += len(acknowledged)
        lost += len(acknowledged - _rows(folder))
    print(f"control: {promised} acknowledged rows, {lost} lost")
    assert lost > 0


def _rows(folder: Path) -> set[str]:
    if not (folder / "plain.db").exists():
        return set()
    database = sqlite3.connect(folder / "plain.db")
    try:
        return {row[0] for row in database.execute("SELECT id FROM record")}
    except sqlite3.DatabaseError:
        return set()  # the table itself, or the whole file, is gone
    finally:
        database.close()

"""A process that books sealed records one by one on a disk about to lose its power, and says each promise with its instant.

Standard input: lines `real FOLDER` or `off FOLDER`; a child is forked for each. Standard output: `pid N`, then `ID MONOTONIC`
after each record's commit. `off` is the control: plain rows under synchronous=OFF."""

import json
import os
import sqlite3
import sys
import time
import uuid
from pathlib import Path
from typing import NoReturn

from comptoir.config.cli import start_django


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def book(folder: Path, stream: Path) -> None:
    from comptoir.dossiers.binding import Dossier, bound
    from tests.faults.stream import receive

    said = json.loads(stream.read_text())
    dossier = Dossier(
        slug="essai", uuid=uuid.UUID(said["identity"]), name="Essai", engine="sqlite",
        location=str(folder / "essai.comptoir"),
    )  # fmt: skip
    with bound(dossier):
        for record in said["records"]:
            if receive([record]) == ["stored"]:
                say(f"{record['id']} {time.monotonic()}")


def careless(folder: Path) -> None:
    database = sqlite3.connect(folder / "plain.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=OFF")
    database.execute("CREATE TABLE record (id TEXT PRIMARY KEY, body TEXT)")
    for _ in range(100_000):
        identifier = str(uuid.uuid4())
        database.execute("INSERT INTO record VALUES (?, ?)", (identifier, "x" * 3_000))
        say(f"{identifier} {time.monotonic()}")


def child(mode: str, folder: Path, stream: Path) -> NoReturn:
    say(f"pid {os.getpid()}")
    try:
        if mode == "real":
            book(folder, stream)
        else:
            careless(folder)
        say("end 0")
        time.sleep(60)  # until it is killed
    except Exception as problem:  # the disk is gone
        say(f"gone {type(problem).__name__}")
        time.sleep(60)
    finally:
        os._exit(0)


def main(stream: Path) -> None:
    start_django()
    from comptoir.apps.till.services import receive_records  # loaded before the first fork

    assert receive_records
    say("ready 0")
    for line in sys.stdin:
        mode, folder = line.split()
        pid = os.fork()
        if pid == 0:
            child(mode, Path(folder), stream)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Windows as the other processes of `verify` read them, straight from the file: every value of every row counts."""
# ruff: noqa: S608 - whoever tampers writes SQL

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest
from django.db import connection

from comptoir.apps.fiscal.reading import Source, SqliteReader, reader_of
from comptoir.apps.fiscal.services import verify_chains
from comptoir.apps.fiscal.window_rows import KeyedRows
from comptoir.apps.fiscal.windows import Covered, Window, check_window
from comptoir.apps.till.verification import projections
from tests.apps.fiscal.test_verify import TICKETS
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop

OTHER = (
    "CASE typeof({0}) WHEN 'integer' THEN {0} + 1 WHEN 'null' THEN '1' ELSE substr({0}, 1, length({0}) - 1) || '~' END"
)


class Copy(NamedTuple):
    """A dossier's file, copied away from Django, and the window of its tickets."""

    path: Path
    window: Window

    def check(self) -> Covered:
        return check_window(reader_of(Source("sqlite", self.path.as_uri(), {})), self.window)


@pytest.fixture
def copy(dossier_copy, tmp_path: Path) -> Copy:
    if connection.vendor != "sqlite":
        pytest.skip("files are SQLite's")
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    for sell in (
        lambda: till.sell(line("Pain", price_e4=12_000), line("Savon", price_e4=30_000, vat_e4=2000)),
        # A transfer between two tickets':
        lambda: till.soft.move_cash(kind="out", amount_minor=500, reason="autre", label="timbres"),
        lambda: till.sell(tender="card"),
        lambda: till.sell(line("Pain", price_e4=12_000, quantity_milli=-1_000), operation="refund"),
    ):
        sell()
        time.sleep(0.002)  # not in the same millisecond: their ids are in their order
    send(till)
    (window,) = verify_chains._Walk(projections(), lambda steps: None).windows(verify_chains._tops())
    path = tmp_path / "copie.comptoir"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return Copy(path, window)


@pytest.fixture
def owner(copy: Copy) -> Iterator[apsw.Connection]:
    """The file in the hands of someone whom no trigger and no constraint stops."""
    file = apsw.Connection(str(copy.path))
    file.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
    for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        file.execute(f'DROP TRIGGER "{name}"')
    yield file
    file.close()


def tables(copy: Copy) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.table.name, one.table.columns) for one in copy.window.projection.tables]


def test_what_is_right_is_passed_and_counted(copy: Copy) -> None:
    assert copy.check() == Covered([(TICKETS, 1, 3)], [3, 4, 3, 4, 2, 0, 0])


def test_every_value_of_every_row_counts(copy: Copy, owner: apsw.Connection) -> None:
    looked = 0
    for table, columns in tables(copy):
        for row in rows_of_tickets(owner, table):
            for column in columns:
                looked += 1
                with suppress(apsw.ConstraintError), rolled_back(owner):  # the table itself may refuse it
                    owner.execute(f'UPDATE "{table}" SET "{column}" = {OTHER.format(column)} WHERE rowid = {row}')
                    assert check_window(reader_on(owner), copy.window).spans == [], f"{table}.{column}"
    assert looked == 3 * 31 + 4 * 18 + 3 * 8 + 4 * 6 + 2 * 7
    assert len(check_window(reader_on(owner), copy.window).spans) == 1


def test_a_row_that_is_gone_and_a_row_too_many(copy: Copy, owner: apsw.Connection) -> None:
    for table, columns in tables(copy):
        others = ", ".join(f'"{column}"' for column in columns if column != "position")
        for row in rows_of_tickets(owner, table):
            with rolled_back(owner):
                owner.execute(f'DELETE FROM "{table}" WHERE rowid = {row}')
                assert check_window(reader_on(owner), copy.window).spans == [], table
            if "position" in columns:
                with rolled_back(owner):
                    more = f'INSERT INTO "{table}" (position, {others}) SELECT 99, {others} FROM "{table}" WHERE rowid = {row}'
                    owner.execute(more)
                    assert check_window(reader_on(owner), copy.window).spans == [], table


def reader_on(file: apsw.Connection) -> SqliteReader:
    """What reads a file, on this very connection: it sees what is rolled back afterwards."""
    reader = SqliteReader(Source("sqlite", ":memory:", {}))
    reader._connection = file
    return reader


@contextmanager
def rolled_back(file: apsw.Connection) -> Iterator[None]:
    file.execute("BEGIN")
    try:
        yield
    finally:
        file.execute("ROLLBACK")


def rows_of_tickets(file: apsw.Connection, table: str) -> list[int]:
    only = "code = 'sale'" if table == "treasury_cashtransfer" else "1"
    return [row for (row,) in file.execute(f'SELECT rowid FROM "{table}" WHERE {only}').fetchall()]


def test_keyed_rows_pass_over_those_of_others() -> None:
    rows = KeyedRows(iter([("b", 1), ("c", 2), ("e", 3), ("f", 4)]), key_at=0)
    assert [rows.take(key) for key in ("a", "c", "d", "f", "g")] == [None, ("c", 2), None, ("f", 4), None]

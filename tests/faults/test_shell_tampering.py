"""T15 with the tools that everybody has: `sqlite3` and `psql` edit, delete, insert, exchange, cut; `.backup` and `pg_dump` put
an older dossier back. `verify` names what was touched, on both engines; nothing that tills still hold is lost."""
# ruff: noqa: S608 - whoever tampers writes SQL

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from comptoir.apps.fiscal.services.anchor_heads import anchor_heads
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.till.verification import projections
from comptoir.dossiers.binding import Dossier
from tests.apps.fiscal.test_verify import CHANGES, TICKETS
from tests.apps.till.shop import Till, enrolled_till, line, send, set_up_shop

from .conftest import size
from .shell_tools import Tool

pytestmark = pytest.mark.slow

# What no seal covers: when the server received a record, and when it made its own key (the first row; that of a register's key
# is sealed: tests/apps/fiscal/test_keys.py). Derived tables are listed by their sealed columns only.
UNSEALED = {("fiscal_record", "received_at"), ("fiscal_sealingkey", "added_at")}


@pytest.fixture
def day(dossier_copy: Dossier) -> tuple[Till, Tool]:
    """A closed day of ten tickets: two rates, two tenders, a return, a movement of cash, an event."""
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    for number in range(8):
        till.sell(
            line("Pain", price_e4=12_000),
            line("Savon", price_e4=30_000, vat_e4=2000),
            tender="card" if number % 3 else "cash",
        )
    till.sell(line("Pain", price_e4=12_000, quantity_milli=-1_000), operation="refund")
    till.sell()
    till.soft.move_cash(kind="out", amount_minor=500, reason="autre", label="timbres")
    till.soft.log_event(code=80, label="Démarrage")
    till.close({"tender": "cash", "amount_minor": 22_000, "pieces": None})
    send(till)
    assert verify_dossier().findings == []
    return till, Tool(dossier_copy)


def found() -> list[tuple[str, int, str]]:
    return [(one.chain, one.seq, one.code) for one in verify_dossier().findings]


def sealed_columns() -> list[tuple[str, str, models.Field]]:
    """Every column that follows from sealed records, of every table that has rows of this day."""
    tables = {derived.table.name: derived.table.columns for one in projections().values() for derived in one.tables}
    tables["fiscal_record"] = tuple(field.column for field in apps.get_model("fiscal", "Record")._meta.concrete_fields)
    tables["fiscal_sealingkey"] = tuple(
        field.column for field in apps.get_model("fiscal", "SealingKey")._meta.concrete_fields
    )
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    chosen = []
    for table, columns in sorted(tables.items()):
        fields = {field.column: field for field in by_table[table]._meta.concrete_fields}
        chosen += [(table, column, fields[column]) for column in columns if (table, column) not in UNSEALED]
    return chosen


def changed_value(field: models.Field, old: str) -> str:
    """SQL for a value of the column's own type, one step away from what stands there."""
    while field.is_relation:
        field = field.target_field
    if isinstance(field, models.BooleanField):
        return "false" if old in ("1", "true", "t") else "true"
    if isinstance(field, models.UUIDField) and not old:
        return "'0192f0c100007000800000000000000f'"
    if isinstance(field, models.UUIDField):
        plain = old.replace("-", "")
        return f"'{plain[:-1]}{'0' if plain[-1] != '0' else '1'}'"
    if isinstance(field, models.DateTimeField):
        return f"'{old[:17]}{(int(old[17:19]) + 1) % 60:02d}{old[19:]}'"
    if isinstance(field, models.DateField):
        return f"'{old[:8]}{int(old[8:]) % 28 + 1:02d}'"
    if isinstance(field, models.BinaryField):
        return "x'00'" if connection.vendor == "sqlite" else "'\\x00'::bytea"
    if isinstance(field, models.IntegerField):
        return f"{old} + 1" if old else "1"
    return "'" + (old[:-1] + ("y" if old[-1:] != "y" else "z")).replace("'", "''") + "'"


@pytest.mark.feature("FISC-12")
def test_every_column_of_every_sealed_table_counts(day: tuple[Till, Tool]) -> None:
    """One row of each table, one column after the other: changed with the tool, found by `verify`, put back."""
    _till, tool = day
    missed: list[str] = []
    looked: set[str] = set()
    for number, (table, column, field) in enumerate(sealed_columns()):
        if number % size(ci=3, full=1):
            continue
        rows = tool.ask(f"SELECT {_row_key()} FROM {table} ORDER BY 1 LIMIT 1")
        if not rows:
            continue
        old = _told(tool, table, column, field, row=rows[0])
        text = f"UPDATE {table} SET {column} = {changed_value(field, old)} WHERE {_row_key()} = '{rows[0]}'"
        saved = _saved(tool, table)
        try:
            tool.run(text)
        except AssertionError as refused:  # a constraint of the database itself: even better
            if "constraint" not in str(refused).lower():
                raise
            tool.run(f"DROP TABLE {saved}")
            continue
        looked.add(table)
        if not found():
            missed.append(f"{table}.{column}: {old!r}")
        _put_back(tool, table, saved)
    assert missed == []
    assert {"fiscal_record", "fiscal_event", "till_ticket", "till_ticketline", "treasury_closing"} <= looked
    assert found() == []


def _told(tool: Tool, table: str, column: str, field: models.Field, *, row: str) -> str:
    if isinstance(field, models.BinaryField):
        return ""
    asked = f"SELECT COALESCE(CAST({column} AS TEXT), '') FROM {table} WHERE {_row_key()} = '{row}'"
    return "\n".join(tool.ask(asked))


def _row_key() -> str:
    return "rowid" if connection.vendor == "sqlite" else "ctid"


def _saved(tool: Tool, table: str) -> str:
    tool.run(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    return f"kept_{table}"


def _put_back(tool: Tool, table: str, kept: str) -> None:
    tool.run(f"DELETE FROM {table}", f"INSERT INTO {table} SELECT * FROM {kept}", f"DROP TABLE {kept}")


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_tools_do_is_named(day: tuple[Till, Tool], name: str) -> None:
    statements, seq, code = CHANGES[name]
    fresh = "'0192f0c100007000800000000000000f'"
    day[1].run(*[one.replace("{fresh}", fresh) for one in statements])
    assert found() == [(TICKETS, seq, code)]


def test_the_tail_cut_with_everything_that_follows_from_it(day: tuple[Till, Tool]) -> None:
    """Tickets, lines, payments and the Z itself taken out: the other chains of the register still know."""
    tool = day[1]
    late = f"(SELECT id FROM fiscal_record WHERE chain = '{TICKETS}' AND seq > 7)"
    closing = "(SELECT id FROM fiscal_record WHERE chain = 'C1-1-z')"
    tool.run(
        *[f"DELETE FROM {table} WHERE ticket_id IN {late}" for table in ("till_ticketline", "till_ticketpayment", "till_ticketvat")],
        *[f"DELETE FROM {table} WHERE closing_id IN {closing}" for table in ("treasury_closingtender", "treasury_closingsession")],
        f"DELETE FROM treasury_closing WHERE id IN {closing}",
        f"DELETE FROM treasury_cashtransfer WHERE source IN {late} OR source IN {closing}",
        f"DELETE FROM till_ticket WHERE id IN {late}",
        f"DELETE FROM fiscal_record WHERE id IN {late} OR id IN {closing}",
    )  # fmt: skip
    assert found() == []  # from inside, nothing is left that knows
    wrong = [one[:3] for one in verify_dossier(anchors=True).findings]
    assert wrong == [(TICKETS, 8, "tail_cut"), ("C1-1-z", 1, "tail_cut")]  # the anchor written at the Z does


def test_an_older_dossier_put_back_is_known_and_refilled(day: tuple[Till, Tool], tmp_path: Path) -> None:
    till, tool = day
    backup = tmp_path / "ancien"
    tool.copy_away(backup)
    till.open()
    sold: list[dict[str, Any]] = [till.sell() for _ in range(5)]
    waiting = till.waiting()
    send(till)
    anchor_heads(reason="demand")
    assert found() == []
    tool.put_back(backup)
    assert found() == []
    wrong = {one[:3] for one in verify_dossier(anchors=True).findings}
    assert {(TICKETS, 11, "tail_cut"), ("C1-1-cash", 4, "tail_cut")} <= wrong
    assert {"older_file", "tail_cut"} >= {code for _, _, code in wrong}
    assert [item.status for item in send(till, waiting)] == ["stored"] * len(waiting)  # the till's own journal
    assert [item.status for item in send(till, waiting)] == ["duplicate"] * len(waiting)
    assert tool.ask(f"SELECT COUNT(*), MAX(seq) FROM fiscal_record WHERE chain = '{TICKETS}'") == ["15|15"]
    assert len(sold) == 5
    assert not {one for one in verify_dossier(anchors=True).findings if one.chain.startswith("C1-")}

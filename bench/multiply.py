"""A large dossier quickly: one ticket is sold and received for real, then sealed again a million times with its own
number, instant, totals and signature. Every record is genuine: `verify` cannot tell it from one that was sent."""

import hashlib
import json
import secrets
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from comptoir.apps.treasury.projection import derived_id
from comptoir.exchange.replay.clocks import uuid7
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.softtill import SoftTill

from .bare import TABLES, columns_of

START = datetime(2025, 1, 2, 8, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
TICKETS_A_DAY = 800
STEP_SECONDS = 40
CHUNK = 2_000
SENTINELS = {"id": "@id@", "at": "@at@", "opened_at": "@opened@", "business_date": "@date@", "session": "@session@"}
NUMBERS = {"seq": 900_000_000_001, "perpetual_absolute_minor": 900_000_000_002,
           "perpetual_algebraic_minor": 900_000_000_003, "offset_minutes": 900_000_000_004}  # fmt: skip


class Moment(NamedTuple):
    at: str
    stored: str  # as SQLite keeps it
    local: str  # as it is signed
    date: str
    offset: int
    ms: int


def moment(number: int) -> Moment:
    """The instant of a register's n-th ticket: so many a day, day after day."""
    day, place = divmod(number, TICKETS_A_DAY)
    return moment_at(START + timedelta(days=day, seconds=place * STEP_SECONDS))


def moment_at(at: datetime) -> Moment:
    """An instant as a ticket tells it."""
    local = at.astimezone(PARIS)
    offset = round(local.utcoffset().total_seconds()) // 60  # type: ignore[union-attr]
    text = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Moment(
        text, text[:-1].replace("T", " "), local.strftime("%Y%m%d%H%M%S"), local.date().isoformat(), offset,
        round(at.timestamp()) * 1000,
    )  # fmt: skip


class Template:
    """The first ticket of a register with holes where the others differ."""

    def __init__(
        self, *, till: SoftTill, key: RegisterKey, ticket: dict[str, Any], connection: sqlite3.Connection
    ) -> None:
        self.ticket = body = json.loads(ticket["body"])
        self.session, self.moment = body["session"], moment
        self.total = body["priced"]["gross_minor"]
        self.chain, self._key = body["chain"], key
        self._body = json.dumps(
            {**body, **SENTINELS, **NUMBERS}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        vat, total, _, _, label, _ = ticket["to_sign"].split(",")[:6]
        self._prefix = f"{vat},{total},{{local}},{self.chain.rsplit('-', 1)[0]}-{{seq}},{label},N,"
        self.seq, self.signature = ticket["seq"], ticket["signature"]
        self.perpetual = dict(till.state["perpetual"])
        self._tables = [self._table(connection, name, key_column, ticket["id"]) for name, key_column in TABLES]

    def _table(self, connection: sqlite3.Connection, name: str, key_column: str, ticket: str) -> tuple[str, list]:
        columns = [c for c, kind in columns_of(connection, name) if c != "id" or "int" not in kind.lower()]
        listed = ", ".join(f'"{column}"' for column in columns)
        found = connection.execute(
            f"SELECT {listed} FROM {name} WHERE {key_column} = ?",  # noqa: S608
            (ticket.replace("-", ""),),
        ).fetchall()
        insert = f"INSERT INTO {name} ({listed}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        return insert, [dict(zip(columns, row, strict=True)) for row in found]

    def next_rows(self) -> list[list[tuple]]:
        """The rows of the register's next ticket, table by table."""
        self.seq += 1
        now = self.moment(self.seq)
        for kind, sign in (("absolute_minor", 1), ("algebraic_minor", 1)):
            self.perpetual[kind] += sign * self.total
        record = uuid7(at_ms=now.ms, random_bits=secrets.randbits(74))
        body = self._body
        for old, new in (
            ("@id@", record), ("@at@", now.at), ("@opened@", now.at), ("@date@", now.date),
            ("@session@", self.session), (str(NUMBERS["seq"]), str(self.seq)), (str(NUMBERS["offset_minutes"]), str(now.offset)),
            (str(NUMBERS["perpetual_absolute_minor"]), str(self.perpetual["absolute_minor"])),
            (str(NUMBERS["perpetual_algebraic_minor"]), str(self.perpetual["algebraic_minor"])),
        ):  # fmt: skip
            body = body.replace(old, new)
        prefix = self._prefix.format(local=now.local, seq=self.seq)
        to_sign = f"{prefix}{self.signature},{hashlib.sha256(body.encode()).hexdigest()}"
        self.signature = self._key.sign(to_sign)
        changed = {
            "seq": self.seq, "at": now.stored, "business_date": now.date, "body": body, "to_sign": to_sign,
            "signature": self.signature, "perpetual_algebraic_minor": self.perpetual["algebraic_minor"],
            "perpetual_absolute_minor": self.perpetual["absolute_minor"], "session": self.session.replace("-", ""),
        }  # fmt: skip
        bare = record.replace("-", "")
        keys = {"id": bare, "ticket_id": bare, "source": bare}
        tables = []
        for number, (_, rows) in enumerate(self._tables):
            mine = {**keys, "id": derived_id(record, place=1).replace("-", "")} if number == 5 else keys
            tables.append([tuple({**row, **_known(row, {**changed, **mine})}.values()) for row in rows])
        return tables

    def statements(self) -> list[str]:
        return [insert for insert, _ in self._tables]


def _known(row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in row}


def multiply(connection: sqlite3.Connection, templates: list[Template], *, tickets: int) -> None:
    """Adds so many tickets in all, the registers in turn, `CHUNK` a commit."""
    done = 0
    while done < tickets:
        size = min(CHUNK, tickets - done)
        add_tickets(connection, [templates[number % len(templates)] for number in range(size)])
        done += size


def add_tickets(connection: sqlite3.Connection, templates: list[Template]) -> None:
    """The next ticket of each of these, in one commit."""
    statements = templates[0].statements()
    tables: list[list[tuple]] = [[] for _ in statements]
    for template in templates:
        for place, rows in enumerate(template.next_rows()):
            tables[place].extend(rows)
    connection.execute("BEGIN IMMEDIATE")
    for statement, rows in zip(statements, tables, strict=True):
        connection.executemany(statement, rows)
    connection.execute("COMMIT")

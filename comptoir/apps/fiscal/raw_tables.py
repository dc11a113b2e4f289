"""The columns of tables whose rows are written and read without the ORM, and how each database stores them.

Values are those of sealed bodies: ids as UUID text, instants as `2026-11-22T09:11:12Z`, dates as `2026-11-22`. A table
says how each column is stored; what is read back comes out in the same spelling, so rows compare with bodies.
Django is not loaded here: the other processes of `verify` start in a third of the time without it."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .spellings import DATE, INSTANT, UUID

if TYPE_CHECKING:
    from django.db import models

Row = Sequence[Any]
_tables: dict[str, "RawTable"] = {}


def table_of(key: str) -> "RawTable":
    """The raw table that was declared with this key (table and columns); raises KeyError when there is none."""
    return _tables[key]


class RawTable:
    """The columns of a model, in the order in which rows give them."""

    def __init__(self, model: "type[models.Model]", *columns: str) -> None:
        fields = {field.column: field for field in model._meta.concrete_fields}
        self._prepare(
            model._meta.db_table, columns, [_kind(fields[column]) for column in columns],
            [fields[column].null for column in columns],
        )  # fmt: skip
        _tables[self.key] = self

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels to other processes by its names alone: they need neither Django's settings nor its models."""
        return _again, (self.name, self.columns, self._kinds, [nullable for _, _, nullable in self._checks])

    def _prepare(self, name: str, columns: tuple[str, ...], kinds: list[str], nullable: list[bool]) -> None:
        self.name = name
        self.columns = columns
        self.quoted = [f'"{column}"' for column in columns]
        self.list = ", ".join(self.quoted)
        self.key = f"{name}({self.list})"
        self._kinds = kinds
        self._checks = [
            (column, _TYPES[kind], null) for column, kind, null in zip(columns, kinds, nullable, strict=True)
        ]
        self._forms = [(index, _FORMS[kind]) for index, kind in enumerate(kinds) if kind in _FORMS]
        marks = ", ".join("?" for _ in columns)
        self.sqlite_insert = f'INSERT INTO "{self.name}" ({self.list}) VALUES ({marks})'  # noqa: S608 - names of models
        self.postgres_insert = f'INSERT INTO "{self.name}" ({self.list}) VALUES '  # noqa: S608
        self.postgres_copy = f'COPY "{self.name}" ({self.list}) FROM STDIN'
        self.postgres_marks = "(" + ", ".join("%s" for _ in columns) + ")"
        self._to_sqlite = [(i, _TO_SQLITE[kind]) for i, kind in enumerate(self._kinds) if kind in _TO_SQLITE]
        self._from_sqlite = [(i, _FROM_SQLITE[kind]) for i, kind in enumerate(self._kinds) if kind in _FROM_SQLITE]
        self._from_postgres = [
            (i, _FROM_POSTGRES[kind]) for i, kind in enumerate(self._kinds) if kind in _FROM_POSTGRES
        ]

    def spelled_in_postgres(self, alias: str) -> list[str]:
        """Expressions that PostgreSQL itself spells like sealed bodies, for whole groups of rows read as one text."""
        return [_SPELLED.get(kind, "{}").format(f'{alias}."{column}"')
                for column, kind in zip(self.columns, self._kinds, strict=True)]  # fmt: skip

    def wrong_column(self, row: Row) -> str | None:
        """The first column whose value is not of its type, or an identifier, day or instant not spelled as sealed bodies
        spell it (SQLite would store it all the same), or None."""
        for value, (column, kind, nullable) in zip(row, self._checks, strict=True):
            if value is None:
                if not nullable:
                    return column
            elif type(value) is not kind or (kind is int and not -(2**63) <= value < 2**63):
                return column
        for index, form in self._forms:
            if row[index] is not None and not form.fullmatch(row[index]):
                return self.columns[index]
        return None

    def stored(self, rows: Sequence[Row], *, vendor: str) -> Sequence[Row]:
        """Rows as this database stores them."""
        return [self._stored_sqlite(row) for row in rows] if vendor == "sqlite" else rows

    def _stored_sqlite(self, row: Row) -> list[Any]:
        values = list(row)
        for index, convert in self._to_sqlite:
            value = values[index]
            if value is not None:
                values[index] = convert(value)
        return values

    def read(self, row: Row, *, vendor: str) -> tuple[Any, ...]:
        """A row fetched by a raw cursor, in the spelling of sealed bodies."""
        values = list(row)
        for index, convert in self._from_sqlite if vendor == "sqlite" else self._from_postgres:
            if values[index] is not None:
                values[index] = convert(values[index])
        return tuple(values)


def _again(name: str, columns: tuple[str, ...], kinds: list[str], nullable: list[bool]) -> RawTable:
    table = RawTable.__new__(RawTable)
    table._prepare(name, columns, kinds, nullable)
    return table


def _kind(field: Any) -> str:
    target = field
    while target.is_relation:
        target = target.target_field
    return next(_KINDS[cls.__name__] for cls in type(target).__mro__ if cls.__name__ in _KINDS)


def instant_text(value: Any) -> str:
    """A datetime read from PostgreSQL, or the text SQLite keeps, as `2026-11-22T09:11:12Z`."""
    text = value if isinstance(value, str) else value.isoformat(" ")
    return f"{text[:10]}T{text[11:19]}Z"


def date_text(value: Any) -> str:
    """A date read from either database as `2026-11-22`."""
    return value if isinstance(value, str) else value.isoformat()


_KINDS = {
    "UUIDField": "uuid", "DateTimeField": "instant", "DateField": "date", "BooleanField": "flag", "IntegerField": "whole",
    "TextField": "text", "BinaryField": "bytes",
}  # fmt: skip
_TYPES = {"uuid": str, "instant": str, "date": str, "flag": bool, "whole": int, "text": str, "bytes": bytes}
_FORMS = {"uuid": UUID, "date": DATE, "instant": INSTANT}
_LATELY = 64  # the ten rows of a ticket spell its id and its instant again and again
_TO_SQLITE: dict[str, Callable[[str], str]] = {
    "uuid": lru_cache(_LATELY)(lambda text: text.replace("-", "")),
    "instant": lru_cache(_LATELY)(lambda text: f"{text[:10]} {text[11:19]}"),
}
_FROM_SQLITE: dict[str, Callable[[Any], str]] = {
    "uuid": lambda text: f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}",
    "instant": instant_text,
    "date": date_text,
}
_FROM_POSTGRES: dict[str, Callable[[Any], str]] = {"uuid": str, "instant": instant_text, "date": date_text}
_SPELLED = {
    "uuid": "{}::text", "date": "{}::text",
    "instant": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
}  # fmt: skip

"""Text that is no text any more: a page of the disk gone bad, a byte changed outside the application.

SQLite's drivers refuse to hand such a column out, and a check that stops there names nothing. It is then asked for as bytes, with
U+FFFD for each byte that means nothing: whoever checks finds that this is not what was sealed, and says at which number."""

from collections.abc import Sequence
from typing import Any

from .reading import Reader, Row


def fetch_columns(reader: Reader, columns: Sequence[str], *, rest: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows of `SELECT columns rest`. Raises what the database raises for any other reason."""
    try:
        return reader.fetch(f"SELECT {', '.join(columns)} {rest}", parameters)
    except Exception as problem:
        if reader.vendor != "sqlite" or not _is_torn(problem):
            raise
    asked = ", ".join(
        f"CASE typeof({one}) WHEN 'text' THEN CAST({one} AS BLOB) ELSE {one} END, typeof({one})" for one in columns
    )
    rows = reader.fetch(f"SELECT {asked} {rest}", parameters)
    return [
        tuple(
            value.decode("utf-8", "replace") if kind == "text" else value
            for value, kind in zip(row[::2], row[1::2], strict=True)
        )
        for row in rows
    ]


def _is_torn(problem: Exception) -> bool:
    """Each driver says it in its own way: `UnicodeDecodeError`, or an error of the database with these words."""
    return isinstance(problem, UnicodeDecodeError) or "Could not decode to UTF-8" in str(problem)

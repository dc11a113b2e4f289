"""What an import says about a file: each problem with its line, its column and the reason, for a person to mend it."""

from typing import NamedTuple


class Problem(NamedTuple):
    line: int  # physical line of the file where the row starts; 0 for the file as a whole
    column: str | None  # the file's own heading
    value: str | None
    reason: str  # French, ends with a full stop

    def text(self) -> str:
        place = f"ligne {self.line}" if self.line else "fichier"
        if self.column:
            place += f", colonne « {self.column} »"
        shown = f" (« {short(self.value)} »)" if self.value else ""
        return f"{place} : {self.reason}{shown}"

    def as_json(self) -> dict[str, object]:
        return self._asdict()


class FileRefused(Exception):
    """The file as a whole cannot be read; the message is for the person, in French."""


def short(text: str, *, most: int = 60) -> str:
    """A value fit to be shown on one line of a terminal or a page."""
    flat = "".join(character if character.isprintable() else "·" for character in text)
    return flat if len(flat) <= most else flat[: most - 1] + "…"

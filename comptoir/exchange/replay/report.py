"""What a replay found: each day's Z beside the independent sum, and every line that was not a sale."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .staging import Listed


class DayResult(NamedTuple):
    """Amounts in cents. `booked_minor` is what the server holds for the Z, None when it was not asked."""

    date: str
    tickets: int
    lines: int
    z_minor: int
    file_minor: int
    file_lines: int
    booked_minor: int | None
    extract: str

    @property
    def balanced(self) -> bool:
        booked = self.booked_minor is None or self.booked_minor == self.z_minor
        return self.z_minor == self.file_minor and self.lines == self.file_lines and booked


class Result(NamedTuple):
    days: list[DayResult]
    read: int  # lines of the files
    sold: int
    listed: int
    records: int  # acknowledged by the server
    kept: list[dict[str, Any]]  # put in quarantine by the server: must be none
    heads_differ: list[str]  # chains whose head at the server is not the till's
    cut: list[str]  # invoices sold as several tickets
    seconds: int

    @property
    def whole(self) -> bool:
        """Something was sold, every day balances, every line is either sold or listed, and the server holds exactly
        what was sealed."""
        counted = self.sold > 0 and self.sold + self.listed == self.read
        return counted and not self.kept and not self.heads_differ and all(day.balanced for day in self.days)


def euros(minor: int) -> str:
    """123456 -> `1 234,56 €` with the spaces and the minus of French typography."""
    sign, (whole, cents) = ("\u2212" if minor < 0 else ""), divmod(abs(minor), 100)
    return f"{sign}{whole:,}".replace(",", "\u202f") + f",{cents:02d}\u00a0€"


def lines_of(result: Result) -> Iterator[str]:
    """The table for the terminal."""
    yield f"{'jour':<12}{'tickets':>8}{'lignes':>8}{'Z de la caisse':>20}{'somme du fichier':>20}  verdict"
    for day in result.days:
        verdict = "juste" if day.balanced else "ÉCART " + euros(day.z_minor - day.file_minor)
        if day.booked_minor is not None and day.booked_minor != day.z_minor:
            verdict = f"le serveur a {euros(day.booked_minor)}"
        amounts = f"{euros(day.z_minor):>20}{euros(day.file_minor):>20}"
        yield f"{day.date:<12}{day.tickets:>8}{day.lines:>8}{amounts}  {verdict}"
    yield ""
    yield f"{result.read} lignes lues = {result.sold} vendues + {result.listed} écartées, nommées dans le rapport."
    if result.cut:
        yield f"Factures de plus de 2\u202f000 lignes, vendues en plusieurs tickets : {', '.join(result.cut)}."
    for row in result.kept[:20]:
        yield f"Mis de côté par le serveur : {row.get('id')} {row.get('code')} {row.get('detail') or ''}"
    for chain in result.heads_differ:
        yield f"La chaîne {chain} n’a pas la même tête au serveur et à la caisse."
    unbalanced = sum(1 for day in result.days if not day.balanced)
    days, sealed = len(result.days), f"({result.records} pièces scellées, {result.seconds} s)"
    if unbalanced:
        yield f"{unbalanced} jour(s) sur {days} ne tombent pas juste."
    elif not result.sold:
        yield "Aucune ligne n’a pu être vendue."
    elif not result.whole:
        yield f"Chaque jour tombe juste, mais tout n’est pas au serveur ou tout n’est pas compté {sealed}."
    else:
        yield (f"Les {days} jours sont justes" if days > 1 else "Le jour est juste") + f" au centime {sealed}."


def shown_listed(row: Listed, *, paths: list[Path]) -> str:
    what = " ".join(part for part in (row.invoice, row.code, row.description) if part)
    return f"{paths[row.file].name} ligne {row.line} : {row.reason} ({what[:60]} ; {row.quantity} × {row.price})"


def write_json(path: Path, *, result: Result, listed: Iterator[Listed], paths: list[Path]) -> None:
    """Writes the report piece by piece: the list of lines may be long."""
    head = {
        "format": "replay-report/1",
        "files": [str(item) for item in paths],
        "whole": result.whole,
        "lines": {"read": result.read, "sold": result.sold, "listed": result.listed},
        "records": result.records,
        "kept": result.kept,
        "heads_differ": result.heads_differ,
        "cut_invoices": result.cut,
        "seconds": result.seconds,
        "days": [{**day._asdict(), "balanced": day.balanced} for day in result.days],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "listed": [')
        for number, row in enumerate(listed):
            item = {**row._asdict(), "file": str(paths[row.file])}
            file.write((",\n  " if number else "\n  ") + json.dumps(item, ensure_ascii=False))
        file.write("\n ]\n}\n")

"""`comptoir import articles`: a file read, checked against itself and the dossier; imported whole or not at all."""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from .columns import find_columns, parse_mapping
from .drafts import Draft, DraftReader, Settings
from .problems import FileRefused, Problem
from .tables import TITLE_ROWS, Table, open_table

STEP = 2_000  # rows between two signs of life
Progress = Callable[[str, int], None]


class Known(NamedTuple):
    """What the dossier already holds, so that nothing is imported twice; of articles that may be changed, their rates."""

    codes: frozenset[str]
    barcodes: frozenset[str]
    vats_e4: Mapping[str, int | None] = MappingProxyType({})  # by code


class Reading(NamedTuple):
    """A file read to its end: what can be imported, and everything that cannot with its reason."""

    described: str
    columns: dict[str, str]  # field -> heading it was read from
    rows: int
    drafts: list[Draft]
    problems: list[Problem]

    @property
    def bad_rows(self) -> int:
        return self.rows - len(self.drafts)


def read_articles(
    path: Path,
    *,
    mapping: list[str],
    settings: Settings,
    known: Known,
    progress: Progress = lambda what, count: None,
) -> Reading:
    """Reads the whole file and reports every problem at once. Raises FileRefused when it is no table of articles."""
    table, columns = _with_columns(open_table(path), mapping=parse_mapping(mapping))
    reader = DraftReader(table=table, columns=columns, settings=settings, vats_e4=known.vats_e4)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    rows = 0
    for line, draft, found in reader.read():
        rows += 1
        if rows % STEP == 0:
            progress("lecture", rows)
        if draft is not None:
            found = _already_known(draft, known=known, table_columns=columns, header=table.header)
        if found or draft is None:
            problems += found or [Problem(line, None, None, "la ligne ne donne pas d’article.")]
        else:
            drafts.append(draft)
    if not rows:
        raise FileRefused("Le fichier n’a que sa ligne de titres.")
    named = {field: table.header[position] for field, position in columns.items()}
    return Reading(table.described, named, rows, drafts, problems)


def _with_columns(table: Table, *, mapping: dict[str, str]) -> tuple[Table, dict[str, int]]:
    """The table with its headings and which field each column holds. Headings may stand below a title: then every row
    above them has fewer cells filled, and they name the article and something else. Raises FileRefused."""
    try:
        return table, find_columns(table.header, mapping=mapping)
    except FileRefused as refusal:
        most = sum(1 for cell in table.header if cell)
        for row in islice(table.rows, TITLE_ROWS):
            cells = [cell.strip() for cell in row.cells]
            try:
                columns = find_columns(cells, mapping=mapping)
            except FileRefused:
                columns = {}
            filled = sum(1 for cell in cells if cell)
            if len(columns) > 1 and filled > most:
                described = f"{table.described}, titres en ligne {row.line}"
                return table._replace(header=cells, described=described), columns
            most = max(most, filled)
        if table.others:
            sheets = ", ".join(table.others)
            raise FileRefused(f"{refusal} Seule la première feuille est lue ; les autres sont : {sheets}.") from refusal
        raise


def _already_known(draft: Draft, *, known: Known, table_columns: dict[str, int], header: list[str]) -> list[Problem]:
    found = []

    def add(field: str, value: str, reason: str) -> None:
        position = table_columns.get(field)
        found.append(Problem(draft.line, None if position is None else header[position], value, reason))

    said_below = draft.code in draft.barcodes and draft.code in known.barcodes
    if draft.code in known.codes and not said_below:
        add(
            "code" if "code" in table_columns else "barcode",
            draft.code,
            "un article du dossier a déjà cette référence.",
        )
    for barcode in draft.barcodes:
        if barcode in known.barcodes:
            add("barcode", barcode, "un article du dossier a déjà ce code-barres.")
    return found

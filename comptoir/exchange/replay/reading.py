"""First pass over the files: every line becomes a staged sale or a listed line, none is dropped."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .sales_file import Layout, SalesFileRefused, read_layout, read_lines
from .staging import Staging
from .verdicts import DateOrder, NotASale, judge

STEP = 20_000  # lines between two signs of life


class Read(NamedTuple):
    layouts: list[Layout]
    date_formats: tuple[str, ...]
    lines: int


def stage_files(
    paths: list[Path], *, staging: Staging, wanted_dates: str | None, progress: Callable[[str, int], None]
) -> Read:
    """Reads every file twice: once for its dates' order, once for its lines. Raises SalesFileRefused."""
    layouts = [read_layout(path) for path in paths]
    _refuse_twins(paths)
    formats = see_dates(paths, layouts=layouts).formats(wanted=wanted_dates)
    count = 0
    for number, path in enumerate(paths):
        for raw in read_lines(path, file=number, layout=layouts[number]):
            count += 1
            if count % STEP == 0:
                progress("lecture", count)
            try:
                staging.keep(judge(raw, formats=formats))
            except NotASale as reason:
                staging.list_raw(raw, str(reason))
    if not count:
        raise SalesFileRefused("Il n’y a aucune ligne sous les titres : rien à rejouer.")
    staging.seal()
    return Read(layouts, formats, count)


def see_dates(paths: list[Path], *, layouts: list[Layout]) -> DateOrder:
    order = DateOrder()
    for number, path in enumerate(paths):
        for raw in read_lines(path, file=number, layout=layouts[number]):
            order.see(raw.date)
    return order


def _refuse_twins(paths: list[Path]) -> None:
    """The same file given twice would sell everything twice."""
    seen: dict[bytes, Path] = {}
    for path in paths:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        twin = seen.setdefault(digest.digest(), path)
        if twin is not path:
            raise SalesFileRefused(f"{path} est le même fichier que {twin} : il serait vendu deux fois.")

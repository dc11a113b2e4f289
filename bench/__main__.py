"""`python -m bench [section …]`: every figure beside its limit. Exit code 1 when one does not hold.

`python -m bench --page` measures nothing: it writes docs/developer/performance.md from the last run.

COMPTOIR_BENCH_TICKETS (1,000,000), COMPTOIR_BENCH_ARTICLES (100,000), COMPTOIR_BENCH_SENT (400 a till),
COMPTOIR_BENCH_ROUNDS (3), COMPTOIR_BENCH_ARCHIVE (a tenth of the tickets) change the sizes; the output says which were
used. `periods`, `books` and `archive` measure the same years: asked for together, these are made once."""

import importlib
import sys
import time

from .figures import Figure, keep, machine, shown
from .page import write_page
from .years import forget_all

YEARS = ("periods", "books", "archive")  # they measure the same dossiers (years.py)
SECTIONS = ("tickets", "closing", *YEARS, "articles", "large", "browser")


def main(wanted: list[str]) -> int:
    if wanted == ["--page"]:
        write_page()
        return 0
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        print(f"sections: {' '.join(SECTIONS)}")
        return 2
    from comptoir.config.cli import start_django

    start_django()
    figures: list[Figure] = []
    chosen = wanted or list(SECTIONS)
    for place, name in enumerate(chosen):
        began = time.monotonic()
        for figure in importlib.import_module(f"bench.{name}").run():
            figures.append(figure)
            print(f"  {figure.section}: {figure.name}: {figure.value} {figure.unit} {figure.limit}", flush=True)
        if not set(YEARS) & set(chosen[place + 1 :]):
            forget_all()
        print(f"  ({name}: {round(time.monotonic() - began)} s)", flush=True)
    keep(figures)
    print()
    print(shown(figures))
    print("\n" + ", ".join(f"{key} {value}" for key, value in machine().items()))
    return 1 if any(figure.holds is False for figure in figures) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

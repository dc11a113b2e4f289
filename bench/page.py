"""docs/developer/performance.md from the last run: `python -m bench --page`, on a machine that does nothing else."""

import json
from pathlib import Path

from .figures import BUILD

PAGE = Path(__file__).resolve().parents[1] / "docs" / "developer" / "performance.md"
HEAD = """# Figures

Written by `python -m bench --page` from the run described at the end; `make bench` prints the same table for your machine. Every figure
stands beside its limit, and where a bare figure exists beside that, measured in the same run: absolute values differ from machine to
machine, ratios less.

- **Tickets.** Eight tills, three lines and two payments a ticket, signature and arithmetic checked, acknowledged after the commit
  (`synchronous=FULL`, `fsync=on`). Requests are made beforehand, so that the client costs next to nothing. *Bare*: the very rows that the
  server wrote, inserted by the same driver into the same tables with their indexes and triggers, one ticket (or twenty) a commit, by one
  and by eight connections; the better counts.
- **Z.** *Bare*: what a Z holds, one plain statement a table: totals and counters by operation and operator, VAT by rate, tenders, families
  with discounts. They select the rows of the Z by chain and number, as any sum in a dossier of many days must.
- **Months and years.** Two registers, 365 days, 730 Z sealed by their tills and summed again by the server, three tenths of the tickets in June;
  a year of ten times the tickets has the very same closings. Checked against the protected rows of the closings below (decision 0155).
- **Books** are those of June in that year; **the archive** is that of the whole year.
- **Large dossier.** Genuine sealed tickets of four registers. Its reception and that of an empty dossier are measured in turns.
- **Till.** The shipped page on a real server, Chromium without a screen, keys with the rhythm of a scanner. A scan counts from the event of
  its last key to the first change of the page that shows the line.

"""


def write_page() -> None:
    """Raises FileNotFoundError before the first run."""
    told = json.loads((BUILD / "bench.json").read_text(encoding="utf-8"))["machine"]
    table = (BUILD / "bench.md").read_text(encoding="utf-8").split("\n\nMachine:")[0]
    rows = "\n".join(f"| {key.replace('_', ' ')} | {value} |" for key, value in told.items())
    PAGE.write_text(f"{HEAD}{table}\n\n## The machine\n\n| | |\n|---|---|\n{rows}\n", encoding="utf-8")

"""The archive of a year in constant memory, and the program inside it that verifies it without Comptoir."""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .apart import apart, peak_of
from .figures import Figure, at_most, ratio
from .years import TICKETS, Made, year_of

LARGEST = int(os.environ.get("COMPTOIR_BENCH_ARCHIVE", str(TICKETS // 10)))  # of a million: some ten minutes more
SECTION = "archive of a year"


def run() -> Iterator[Figure]:
    peaks = []
    for tickets in (LARGEST // 10, LARGEST):
        made = year_of(tickets)
        peak = yield from _archived(made)
        peaks.append(peak)
    for place, name in enumerate(("archive", "verify.py")):
        yield ratio(
            SECTION, f"peak of {name}, a tenth of the tickets to it", peaks[0][place], peaks[1][place], limit_percent=85
        )


def _archived(made: Made) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as temporary:
        done = apart(made.place, "on_a_year:archive_year", folder=temporary)
        path, records = Path(done.told["path"]), done.told["records"]
        assert done.told["ruptures"] == 0
        name = f"year of {made.tickets} tickets"
        yield Figure(SECTION, f"{name}: archive of {records} records", records * 1000 // max(1, done.ms), "records/s",
                     note=f"{done.ms // 1000} s, {path.stat().st_size // 1_000_000} MB")  # fmt: skip
        yield at_most(SECTION, f"{name}: memory of the process, at most", done.peak_mb, unit="MB", limit=200)
        program = Path(temporary) / "verify.py"
        with zipfile.ZipFile(path) as archive:
            program.write_bytes(archive.read("verify.py"))
        code, ms, peak_mb = peak_of([sys.executable, "-I", str(program), str(path)])
        assert code == 0, "verify.py must find its archive intact"
        yield Figure(SECTION, f"{name}: verify.py, bare Python", records * 1000 // max(1, ms), "records/s",
                     note=f"{ms // 1000} s, signatures by its own arithmetic, one core")  # fmt: skip
        yield at_most(SECTION, f"{name}: memory of verify.py, at most", peak_mb, unit="MB", limit=200)
    return done.peak_mb, peak_mb

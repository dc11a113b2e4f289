"""An archive is made in constant memory: ten times the tickets, the same peak."""

import tracemalloc
from datetime import date

import pytest

from comptoir.exchange.archives.create import create_archive
from tests.apps.till.shop import enrolled_till, set_up_shop
from tests.apps.treasury.months import BREAD, whole_day
from tests.exchange.archived import NOW, verified


@pytest.mark.slow
def test_ten_times_the_tickets_take_the_same_memory(sqlite_dossier, tmp_path) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    sizes = {"2026-11-03": 300, "2026-11-04": 3_000}
    peaks = []
    for day, count in sizes.items():
        whole_day(till, day, sales=[(BREAD, "cash")] * count)
    for day, count in sizes.items():
        tracemalloc.start()
        made = create_archive(date.fromisoformat(day), date.fromisoformat(day), folder=tmp_path, now=NOW)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert made.records > count
        assert verified(made.path) == (0, [])
    assert peaks[1] < peaks[0] * 1.2

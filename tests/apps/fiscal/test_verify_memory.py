"""`comptoir verify` in constant memory: a dossier five times as large, no larger process."""

import json

import pytest

from bench.large import sold_once
from bench.multiply import multiply
from bench.peak import measured
from bench.place import Home, home
from tests.faults.real_server import SLUG

SMALL, MORE = 3_000, 12_000  # tickets; each is 5.7 kB of the file
ALLOWED_KB = 12_000  # what a process may differ by from one run to the next; the file grows five times as much


def verified(place: Home) -> tuple[int, int]:
    """Records read by two processes, and the peak of the largest process in kB."""
    done = measured("verify", SLUG, "--json", "--processes", "2", home=place.folder, timeout=600)
    told = json.loads(done.output)
    assert told["intact"], told["findings"][:3]
    return told["records"], done.peak_kb


@pytest.mark.slow
def test_the_largest_process_does_not_grow_with_the_dossier() -> None:
    with home("sqlite") as place:
        assert place.sqlite is not None
        with sold_once(place, registers=2) as (connection, templates):
            multiply(connection, templates, tickets=SMALL)
            before, first_peak = verified(place)
            small = place.sqlite.stat().st_size
            multiply(connection, templates, tickets=MORE)
        after, second_peak = verified(place)
        assert after - before == MORE
        assert (place.sqlite.stat().st_size - small) // 1024 > 4 * ALLOWED_KB
        assert second_peak - first_peak < ALLOWED_KB, f"{first_peak} kB, then {second_peak} kB"

"""The other processes of `verify`: started from anywhere, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextvars import copy_context
from pathlib import Path

import pytest
from django.db import connection

from comptoir.apps.fiscal.checking_pool import CheckingLost, checking_pool
from comptoir.apps.fiscal.own_reading import source_of
from comptoir.apps.fiscal.services import verify_chains
from comptoir.apps.till.services.verify_dossier import Verification, verify_dossier
from tests.apps.till.shop import enrolled_till, send, set_up_shop


@pytest.fixture
def sold(dossier_copy) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    for _ in range(3):
        till.sell()
    send(till)


def test_a_servers_thread_verifies_with_every_process(sold, monkeypatch: pytest.MonkeyPatch) -> None:
    """As « Contrôle » does it: a daemon thread beside the requests, progress told from part to part."""
    monkeypatch.setattr(verify_chains, "LARGE", 1)
    monkeypatch.setattr(verify_chains, "SLICE", 2)
    monkeypatch.setattr(verify_chains.os, "cpu_count", lambda: 2)
    steps: list[int] = []
    told: list[Verification] = []
    work = threading.Thread(
        target=copy_context().run, args=(lambda: told.append(verify_dossier(progress=steps.append)),), daemon=True
    )
    work.start()
    work.join(timeout=60)
    assert told[0].findings == []
    assert sum(steps) == told[0].records and len([one for one in steps if one]) > 3


def test_a_checking_process_starts_without_django() -> None:
    """It takes three times as long with it, for each process of each verification."""
    modules = (
        "comptoir.apps.fiscal.checking_process, comptoir.apps.till.typed_tickets, comptoir.apps.till.expected_rows"
    )
    asked = f"import sys, {modules}; print(*sorted(one for one in sys.modules if one.startswith('django')))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == []


def test_a_process_that_dies_is_no_verdict(sold) -> None:
    source = source_of(connection)
    assert source is not None
    with checking_pool(source, processes=1) as pool:
        os.kill(pool.processes[0].pid, signal.SIGKILL)
        with pytest.raises(CheckingLost, match="ended with code"):
            pool.submit(None).result(timeout=30)  # type: ignore[arg-type]


def test_processes_end_with_the_one_that_started_them(sold) -> None:
    """Killed without a word, it leaves its end of the pipes to nobody."""
    source = source_of(connection)
    assert source is not None
    with checking_pool(source, processes=2) as pool:
        ids = [process.pid for process in pool.processes]
        for process in pool.processes:
            assert process.stdin is not None
            process.stdin.close()
        deadline = time.monotonic() + 30
        while any(process.poll() is None for process in pool.processes) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert [process.returncode for process in pool.processes] == [0, 0]
    assert not any(Path(f"/proc/{pid}").exists() for pid in ids)

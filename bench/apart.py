"""One call of ours in a process of its own: how long it took, and how much memory the process needed at most."""

import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from .place import Home

ROOT = Path(__file__).resolve().parents[1]


class Apart(NamedTuple):
    """What the call gave back (plain data), its milliseconds without the start of Python, those of the processor, and the
    peak of its process."""

    told: Any
    ms: int
    processor_ms: int
    peak_mb: int


def apart(place: Home, function: str, **arguments: Any) -> Apart:
    """Runs `module:function` of bench on the dossier. Raises CalledProcessError with what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.apart", function, json.dumps(arguments)], cwd=ROOT, stdout=subprocess.PIPE,
        text=True, check=True, env={**os.environ, "COMPTOIR_HOME": str(place.folder)},
    )  # fmt: skip
    return Apart(*json.loads(done.stdout.splitlines()[-1]))


def peak_of(command: list[str]) -> tuple[int, int, int]:
    """Exit code, milliseconds and peak of resident memory (MB) of a command. The kernel's own maximum for a child begins
    with the memory of its parent: the peak is asked of the running process, five times a second."""
    began, peak_mb = time.monotonic(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak_mb = max(peak_mb, _peak_mb(process.pid))
        time.sleep(0.2)
    return process.returncode, round((time.monotonic() - began) * 1000), peak_mb


def _peak_mb(pid: int | str = "self") -> int:
    """The most that a process ever held since its program began; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _main(function: str, arguments: str) -> None:
    from comptoir.config.cli import start_django

    start_django()
    from comptoir.config.cli._dossier import opened
    from tests.faults.real_server import SLUG

    module, _, name = function.partition(":")
    call = getattr(importlib.import_module(f"bench.{module}"), name)
    with opened(SLUG, writes="mesure"):
        began, worked = time.monotonic(), time.process_time()
        told = call(**json.loads(arguments))
        ms, processor_ms = round((time.monotonic() - began) * 1000), round((time.process_time() - worked) * 1000)
    print(json.dumps([told, ms, processor_ms, _peak_mb()]))


if __name__ == "__main__":
    _main(*sys.argv[1:])

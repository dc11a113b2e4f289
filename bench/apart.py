"""One call of ours in a process of its own: how long it took, and how much memory the process needed at most."""

import importlib
import json
import os
import resource
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
    """Exit code, milliseconds and peak of resident memory (MB) of a command."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), round((time.monotonic() - began) * 1000), used.ru_maxrss // 1024


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
    print(json.dumps([told, ms, processor_ms, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))


if __name__ == "__main__":
    _main(*sys.argv[1:])

"""A command and the largest of its processes: a process of our own waits for it, whose other children do not count."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_WAITING = (
    "import resource, subprocess, sys\n"
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)\n"
    "sys.stdout.buffer.write(done.stdout)\n"
    "sys.stderr.write(f'peak {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}')\n"
)


class Measured(NamedTuple):
    output: str
    peak_kb: int  # resident memory of the largest process, at its height


def measured(*arguments: str, home: Path, timeout: int) -> Measured:
    """Runs `comptoir` with these arguments on a data folder; raises AssertionError when it says nothing of its memory."""
    done = subprocess.run(
        [sys.executable, "-c", _WAITING, sys.executable, "-m", "comptoir", *arguments], capture_output=True, text=True,
        timeout=timeout, env={**os.environ, "COMPTOIR_HOME": str(home)},
    )  # fmt: skip
    said, _, peak = done.stderr.rpartition("peak ")
    assert peak.isdecimal(), said[-500:] + peak[-500:]
    return Measured(done.stdout, int(peak))

"""The two runtimes of the engine, called the same way: this process, and MicroPython in one node process kept alive."""

import json
import shutil
import subprocess
from pathlib import Path

from comptoir.engine.door import call as call_here

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("micropython_runner.mjs")
MICROPYTHON = ROOT / "web/node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs"


def micropython_missing() -> str | None:
    """Why MicroPython cannot be run here, or None."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not MICROPYTHON.exists():
        return "web/node_modules is absent: run `npm ci` in web/"
    return None


class CPython:
    """The engine in this process."""

    name = "cpython"

    def call(self, name: str, text: str) -> str:
        return call_here(name, text)

    def close(self) -> None:
        pass


class MicroPython:
    """The engine in MicroPython, through `micropython_runner.mjs`."""

    name = "micropython"

    def __init__(self) -> None:
        self._process = subprocess.Popen(["node", str(RUNNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _ask(self, request: dict) -> str:
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the MicroPython process ended")
        return answer[:-1].decode()

    def call(self, name: str, text: str) -> str:
        return self._ask({"name": name, "text": text})

    def time(self, name: str, text: str, *, repeat: int) -> list[float]:
        """Milliseconds of each of `repeat` calls, measured inside the node process."""
        return json.loads(self._ask({"name": "$time", "call": name, "text": text, "repeat": repeat}))

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=10)

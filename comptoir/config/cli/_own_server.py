"""A server of our own for the length of a command: a process, a free port, stopped at the end."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from comptoir.config.cli._output import refuse

START_SECONDS = 180  # a machine that does ten things at once; a server that stopped is noticed at once


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def own_server(*, threads: int = 8) -> Iterator[str]:
    """Serves every dossier of this installation; yields `http://127.0.0.1:<port>`. Refuses when it does not start."""
    port = free_port()
    process = start_server(port=port, threads=threads)
    try:
        wait_until_up(process, port=port)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop_server(process)


def start_server(*, port: int, threads: int = 8) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "comptoir",
        "serve",
        "--port",
        str(port),
        "--threads",
        str(threads),
        "--no-browser",
    ]
    # A file, not a pipe: nobody reads while the server works, and a pipe that is full would stop it.
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=os.environ.copy())
    process.stderr = said
    return process


def wait_until_up(process: subprocess.Popen[bytes], *, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            refuse(f"Le serveur n’a pas démarré. {_said(process)}")
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=2, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    stop_server(process)
    refuse("Le serveur n’a pas répondu à temps.")


def _said(process: subprocess.Popen[bytes]) -> str:
    if process.stderr is None:
        return ""
    process.stderr.seek(0)
    return process.stderr.read(10_000).decode("utf-8", "replace").strip()


def stop_server(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stderr:
        process.stderr.close()

"""A real Chromium on the built till."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from tests.alone import alone  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402

from .till_hand import TillHand  # noqa: E402
from .till_server import DIST, TillServer  # noqa: E402

WEB = Path(__file__).resolve().parents[2] / "web"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _newest(*folders: Path) -> float:
    return max((path.stat().st_mtime for folder in folders for path in folder.rglob("*") if path.is_file()), default=0)


@pytest.fixture(scope="session")
def built_till() -> Path:
    """web/dist/till-probe: the till as it ships, plus a window for the tests; rebuilt when a source is newer."""
    with alone(DIST):
        sources = _newest(WEB / "till", WEB / "shared", WEB.parent / "comptoir" / "engine")
        if not (DIST / "index.html").exists() or (DIST / "index.html").stat().st_mtime < sources:
            npx = shutil.which("npx")
            if npx is None or not (WEB / "node_modules").is_dir():
                pytest.skip("web/ is not built: run `make web`")
            subprocess.run(
                [npx, "vite", "build"], cwd=WEB, check=True, capture_output=True, env={**os.environ, "VITE_PROBE": "1"}
            )
    return DIST


@pytest.fixture
def till_server(built_till: Path) -> Iterator[TillServer]:
    server = TillServer().start()
    yield server
    server.stop()


@pytest.fixture
def open_profile(chromium_type, tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Opens a browser on a profile kept on disk: closing it and opening it again is a restart of the computer."""
    opened = []

    def open_it(name: str = "profile", **options):
        context = chromium_type.launch_persistent_context(
            tmp_path / name,
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            headless=True,
            viewport={"width": 1366, "height": 768},
            **options,
        )
        opened.append(context)
        return context

    yield open_it
    for context in opened:
        with contextlib.suppress(playwright.Error):  # killed by the test
            context.close()


@pytest.fixture
def till(open_profile, till_server: TillServer) -> TillHand:
    """An enrolled till, opened with 100,00 €, ready to scan."""
    context = open_profile()
    page = context.pages[0]
    hand = TillHand(page=page, server=till_server)
    hand.enrol("ESSAI-1")
    hand.sign_in("1470")
    hand.open_session({1000: 10})
    return hand

"""Figures of the till with 100,000 articles, printed; limits are held by `make bench`, which runs alone on its machine."""

import json
import statistics
import time

import pytest

from .till_hand import TillHand
from .till_server import TillServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCANS = 60


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def latencies(till: TillHand, *, start: str, end: str) -> list[float]:
    marks = till.page.evaluate(
        "([start, end]) => [start, end].map((name) => performance.getEntriesByName(name).map((mark) => mark.startTime))",
        [start, end],
    )
    starts, ends = marks
    return [min(after for after in ends if after >= before) - before for before in starts]


def measure_scans(till: TillHand, *, first: int) -> list[float]:
    till.page.evaluate("performance.clearMarks()")
    for i in range(first, first + SCANS):
        before = len(till.view()["lines"])
        till.scan_article(i * 97)
        till.wait(f"view.lines.length > {before}")
        till.page.wait_for_timeout(60)
    return latencies(till, start="scan:end", end="line:shown")


@pytest.fixture
def large_server(built_till):
    server = TillServer(articles=100_000).start()
    for i in range(-(-len(server.tuples) // 5000)):
        server.chunk(i)
    yield server
    server.stop()


def test_figures_with_a_hundred_thousand_articles(open_profile, large_server, capsys):
    figures: dict[str, float] = {}
    context = open_profile()
    till = TillHand(page=context.pages[0], server=large_server)
    till.goto()
    till.wait("view.screen === 'enrol'")
    till.page.locator("input").first.fill("ESSAI-1")
    began = time.monotonic()
    till.press("Enter")
    till.wait("view.screen === 'lock'", 60000)
    figures["first load, ms"] = (time.monotonic() - began) * 1000
    assert till.view()["stats"]["articles"] == 100_003
    till.sign_in("1470")
    till.open_session({1000: 10})
    figures["scan to line p95, ms"] = p95(measure_scans(till, first=1))
    till.do({"c": "new_basket"})
    session = context.new_cdp_session(till.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    figures["scan to line p95, CPU x6, ms"] = p95(measure_scans(till, first=101))
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    searches = []
    for word in ("article n 4321", "creme brulee", "99999", "brulze"):
        till.press("Escape")
        for i in range(1, len(word) + 1):
            text = word[:i]
            searches.append(
                till.page.evaluate(
                    """async (text) => { const began = performance.now(); await window.__comptoir.do({c: 'field_set', text});
                    return performance.now() - began; }""", text,
                )
            )  # fmt: skip
    figures["search as you type p95, ms"] = p95(searches)
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    till.wait("true")
    till.page.wait_for_timeout(500)
    large_server.stop()
    began = time.monotonic()
    till.page.reload()
    till.wait("view.screen === 'lock'", 60000)
    figures["ready with the server dead (till's own clock), ms"] = till.page.evaluate(
        "performance.getEntriesByName('till:ready')[0].startTime"
    )
    figures["ready with the server dead (seen from outside), ms"] = (time.monotonic() - began) * 1000
    till.sign_in("1470")
    till.wait("view.screen === 'sale' && view.lines.length > 0")
    till.scan_article(99_000)
    with capsys.disabled():
        print("\n" + json.dumps({key: round(value, 1) for key, value in figures.items()}, indent=1, ensure_ascii=False))
    assert till.problems == []

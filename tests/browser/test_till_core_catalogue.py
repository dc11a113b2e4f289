"""The catalogue on the till: a first load that is cut, a copy stored by an older till, a search before the text is folded."""

from collections.abc import Iterator

import pytest

from .till_hand import TillHand
from .till_server import TillServer, article

pytestmark = pytest.mark.browser
ARTICLES = 12_000  # three chunks
COUNT = ARTICLES + 3
LEAPING = "const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead;"
READ = """
async () => {
  const name = (await indexedDB.databases()).map((one) => one.name).find((one) => one.startsWith('comptoir:'));
  const base = await new Promise((resolve) => { const asked = indexedDB.open(name); asked.onsuccess = () => resolve(asked.result); });
  const store = base.transaction('catalogue').objectStore('catalogue');
  const keys = await new Promise((resolve) => { const asked = store.getAllKeys(); asked.onsuccess = () => resolve(asked.result); });
  base.close();
  return keys;
}
"""
STORED_AS_BEFORE = """
async () => {
  const name = (await indexedDB.databases()).map((one) => one.name).find((one) => one.startsWith('comptoir:'));
  const base = await new Promise((resolve) => { const asked = indexedDB.open(name); asked.onsuccess = () => resolve(asked.result); });
  const tx = base.transaction('catalogue', 'readwrite');
  const store = tx.objectStore('catalogue');
  const read = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  const keys = await read(store.getAllKeys());
  for (const key of keys) {
    const value = await read(store.get(key));
    store.delete(key);
    if (key === 'manifest') store.put({ version: value.version, count: value.count, chunks: value.chunks, digest: value.digest }, key);
    else store.put({ text: new TextDecoder().decode(value.bytes), folded: '' }, [1, key[1]]);
  }
  await new Promise((resolve) => { tx.oncomplete = resolve; });
  base.close();
}
"""


@pytest.fixture
def wide_server(built_till) -> Iterator[TillServer]:
    server = TillServer(articles=ARTICLES).start()
    yield server
    server.stop()


def hand_of(open_profile, server: TillServer, *, script: str = "") -> TillHand:
    page = open_profile().pages[0]
    if script:
        page.add_init_script(script)
    return TillHand(page=page, server=server)


def test_a_first_load_that_is_cut_begins_again_and_is_whole(open_profile, wide_server: TillServer) -> None:
    whole, asked = wide_server.chunk, []

    def cut(i: int) -> bytes:
        asked.append(i)
        if len(asked) < 4 and i == 1:
            raise ConnectionError("cut")
        return whole(i)

    wide_server.chunk = cut  # type: ignore[method-assign]
    till = hand_of(open_profile, wide_server)
    till.enrol("ESSAI-1")
    assert till.view()["stats"]["articles"] == COUNT
    assert asked.count(1) == 2
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert till.page.evaluate(READ) == ["manifest", ["1 ", 0], ["1 ", 1], ["1 ", 2]]
    wide_server.stop()
    till.page.reload()
    till.wait("view.screen === 'lock'")
    assert till.view()["stats"]["articles"] == COUNT


def test_a_catalogue_stored_by_an_older_till_is_read(open_profile, wide_server: TillServer) -> None:
    till = hand_of(open_profile, wide_server)
    till.enrol("ESSAI-1")
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    till.page.evaluate(STORED_AS_BEFORE)
    assert till.page.evaluate(READ) == ["manifest", [1, 0], [1, 1], [1, 2]]
    wide_server.stop()
    till.page.reload()
    till.sign_in("1470")
    till.open_session({1000: 10})
    assert till.view()["stats"]["articles"] == COUNT
    till.scan_article(11_998)
    till.wait("view.lines.length === 1")
    assert [label for label, _, _ in till.lines()] == [article(11_998)[2]]


def test_a_search_finds_what_no_quiet_moment_has_folded_yet(open_profile, wide_server: TillServer) -> None:
    never_idle = "window.requestIdleCallback = () => 0;"
    till = hand_of(open_profile, wide_server, script=never_idle)
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.do({"c": "field_set", "text": "creme brulee 11993"})
    assert [row["title"] for row in till.view()["field"]["found"]] == ["Article n°11993 crème brûlée"]
    till.do({"c": "field_set", "text": "r11998"})
    assert [row["title"] for row in till.view()["field"]["found"]] == ["Article n°11998"]
    assert till.problems == []


def test_a_price_changed_in_the_office_reaches_a_till_that_runs(open_profile, till_server: TillServer) -> None:
    """However often the till looks for its server in between: the office is asked once a minute, and not more often."""
    till = hand_of(open_profile, till_server, script=LEAPING)
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.synced()
    asked = till_server.deltas
    dearer = article(3)
    dearer[6] = 250_00
    till_server.created.append(dearer)
    for _ in range(4):
        till.page.evaluate("window.ahead += 20_000; window.dispatchEvent(new Event('online'))")
        till.page.wait_for_timeout(250)
    assert till_server.deltas == asked + 1
    till.scan_article(3)
    till.wait("view.lines.length === 1")
    assert till.view()["total_minor"] == 250

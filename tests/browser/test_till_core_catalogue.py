"""The catalogue on the till: a first load that is cut, a copy stored by an older till, a search before the text is folded."""

import time
from collections.abc import Iterator

import pytest

from .till_hand import TillHand
from .till_server import SPECIAL, TillServer, article

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


def told_by_the_office(till: TillHand, server: TillServer, *changed: list) -> None:
    """These articles are as the office wrote them just now, and the running till has taken them: it asks a second time only once
    it is done with the first answer."""
    server.created.extend(changed)
    for _ in range(2):
        asked = server.deltas
        till.page.evaluate("window.ahead += 61_000; window.dispatchEvent(new Event('online'))")
        until = time.monotonic() + 20
        while server.deltas == asked:
            assert time.monotonic() < until
            till.page.wait_for_timeout(50)


def test_a_whole_family_with_new_prices_is_still_found_by_its_name(open_profile, till_server: TillServer) -> None:
    """Forty articles of one name change together: what they were must not hide what they are, now and after a restart."""
    till = hand_of(open_profile, till_server, script=LEAPING)
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.synced()
    dearer = [article(i) for i in range(40)]
    for changed in dearer:
        changed[6] += 50_00
    told_by_the_office(till, till_server, *dearer)
    best = [f"Article n°{i}" + (" crème brûlée" if i % 10 == 3 else "") for i in (40, 41, 42, 43, 44, 45, 46, 47)]
    for again in (False, True):
        if again:
            till.page.reload()
            till.sign_in("1470")
            till.wait("view.screen === 'sale'")
        till.do({"c": "field_set", "text": "article"})
        found = [row["title"] for row in till.view()["field"]["found"]]
        assert (len(found), found[:8]) == (12, best)
        till.do({"c": "field_set", "text": "creme brulee"})
        found = [row["title"] for row in till.view()["field"]["found"]]
        assert found == [f"Article n°{i} crème brûlée" for i in (43, 53, 3, 13, 23, 33)]
        till.do({"c": "field_set", "text": ""})


def test_a_pack_that_is_one_no_longer_and_a_code_of_three_articles(open_profile, till_server: TillServer) -> None:
    till = hand_of(open_profile, till_server, script=LEAPING)
    trio = [article(i) for i in (50, 51, 52)]
    for one in trio:
        one[9] = ["3760000777771"]
    till_server.tuples[50:53] = trio
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.synced()
    beer = [*SPECIAL[2][:9], ["3760000999995", "3760000999988"], 0, None]
    withdrawn = [*trio[0][:9], [], 0, None]
    told_by_the_office(till, till_server, beer, withdrawn)
    till.scan("3760000999988")
    till.wait("view.lines.length === 1")
    assert till.lines() == [("Bière blonde", 1000, 150)]
    till.scan("3760000777771")
    till.wait("view.notice !== null")
    notice = till.view()["notice"]
    assert notice["what"] == "Ce code correspond à plusieurs articles."
    assert [action["label"] for action in notice["actions"]] == ["Article n°51", "Article n°52"]

"""T19: one bad record in the middle of a batch. The others are stored, the bad one is kept, shown, never booked; and a
record that only came too early is booked as soon as what it waits for arrives."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from comptoir.apps.fiscal.queries import open_kept
from comptoir.apps.till.services.book_records import KEPT_EVENTS
from comptoir.exchange.replay.keys import RegisterKey

from .judge import ask, ledger_faults, stored_records
from .machine import Machine
from .stream import Stream, receive, sealed_stream

pytestmark = pytest.mark.slow
OTHER = RegisterKey.from_seed(99)


@pytest.fixture(scope="module")
def stream(shop_content: bytes, django_db_blocker) -> Stream:
    with django_db_blocker.unblock():
        return sealed_stream(shop_content, tickets=5)


def changed(record: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(record), **fields}


def flipped(text: str) -> str:
    return text[:40] + ("0" if text[40] != "0" else "1") + text[41:]


POISONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "body not JSON": lambda r: changed(r, body="{"),
    "body not an object": lambda r: changed(r, body="[]"),
    "body changed": lambda r: changed(r, body=r["body"].replace("Thé vert", "Thé noir")),
    "body not canonical": lambda r: changed(r, body=r["body"].replace('"alg":', '"alg": ')),
    "body with a float": lambda r: changed(r, body=r["body"].replace('"quantity_milli":1000', '"quantity_milli":1e3')),
    "string to sign changed": lambda r: changed(r, to_sign=flipped(r["to_sign"])),
    "signature changed": lambda r: changed(r, signature=flipped(r["signature"])),
    "signature of another key": lambda r: changed(r, signature=OTHER.sign(r["to_sign"])),
    "signature too short": lambda r: changed(r, signature="A"),
    "chain of another register": lambda r: changed(r, chain="C2-1-ticket"),
    "unknown chain": lambda r: changed(r, chain="C1-1-gift"),
    "number far ahead": lambda r: changed(r, seq=r["seq"] + 1_000),
    "type differs": lambda r: changed(r, type="cash"),
    "deep nesting": lambda r: changed(r, body='{"a":' + "[" * 5_000 + "]" * 5_000 + "}"),
    "huge number": lambda r: changed(r, body='{"seq":' + "9" * 4_000 + "}"),
    "nul in the body": lambda r: changed(r, body=r["body"].replace("Thé", "Th\\u0000")),
    "lone surrogate": lambda r: changed(r, body=r["body"].replace("Thé", "Th\\ud800")),
}


@pytest.mark.parametrize("name", sorted(POISONS))
def test_t19_others_are_stored_and_the_poison_is_kept(stream: Stream, name: str) -> None:
    machine = Machine(content=stream.content, seed=1, identity=stream.identity)
    try:
        poisoned = POISONS[name](stream.records[3])
        batch = [*stream.records[:3], poisoned, *stream.records[3:]]
        with machine.open():
            statuses = receive(batch)
            assert statuses == ["stored"] * 3 + ["kept"] + ["stored"] * (len(stream.records) - 3)
            sealed = [row["body"] for row in stored_records() if not row["chain"].startswith("S-")]
            assert sorted(sealed) == sorted(record["body"] for record in stream.records)
            kept = list(open_kept())
            assert [json.loads(row.envelope) for row in kept] == [poisoned]
            assert ledger_faults(stored_records()) == []
            again = receive([poisoned, *stream.records])
            assert again == ["kept"] + ["duplicate"] * len(stream.records)
            assert len(list(open_kept())) == 1  # the same poison twice is kept once
        assert machine.integrity() == "ok"
    finally:
        machine.stop()


@pytest.mark.parametrize("order", ["reversed", "one by one, last first", "interleaved"])
def test_records_in_any_order_end_as_if_in_order(stream: Stream, order: str) -> None:
    machine = Machine(content=stream.content, seed=1, identity=stream.identity)
    batches = {
        "reversed": [list(reversed(stream.records))],
        "one by one, last first": [[record] for record in reversed(stream.records)],
        "interleaved": [stream.records[1::2], stream.records[::2]],
    }[order]
    try:
        with machine.open():
            for batch in batches:
                receive(batch)
            sealed = [row["body"] for row in stored_records() if not row["chain"].startswith("S-")]
            assert sorted(sealed) == sorted(record["body"] for record in stream.records)
            assert list(open_kept()) == []
            assert ledger_faults(stored_records()) == []
            assert len(ask("SELECT id FROM treasury_closing")) == 1
    finally:
        machine.stop()


def test_t17_a_server_that_lost_its_log_is_told_by_the_till_and_refilled(stream: Stream) -> None:
    """The write-ahead log deleted, or an older file put back: what follows has a gap, which is kept and told; the till's
    journal fills it."""
    machine = Machine(content=stream.content, seed=1, identity=stream.identity)  # the file before anything arrived
    try:
        with machine.open():
            late = receive(stream.records[3:])
            assert late == ["kept"] * 4 + [
                "stored"
            ]  # three tickets and the count follow numbers that are gone; the Z is first
            told = ask(f"SELECT detail FROM fiscal_event WHERE code = {KEPT_EVENTS['gap']}")  # noqa: S608
            assert {json.loads(row["detail"])["chain"] for row in told} == {"C1-1-ticket", "C1-1-cash"}
            assert ask("SELECT id FROM treasury_closing") == []  # the Z waits for its range
            assert receive(stream.records[:3]) == ["stored"] * 3
            sealed = [row["body"] for row in stored_records() if not row["chain"].startswith("S-")]
            assert sorted(sealed) == sorted(record["body"] for record in stream.records)
            assert list(open_kept()) == []
            assert len(ask("SELECT id FROM treasury_closing")) == 1
    finally:
        machine.stop()

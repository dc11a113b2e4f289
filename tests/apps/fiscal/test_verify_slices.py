"""`verify` in slices: the perpetual totals from ticket to ticket, and the short way beside the long way."""
# ruff: noqa: S608 - whoever tampers writes SQL

import json
import time
from datetime import timedelta

import pytest
from django.db import connection

from comptoir.apps.fiscal import checking_process, slices, windows
from comptoir.apps.fiscal.quick_check import passes
from comptoir.apps.fiscal.services import verify_chains
from comptoir.apps.till.services.verify_dossier import verify_dossier
from tests.apps.fiscal.test_verify import CHANGES, TICKETS
from tests.apps.till.shop import Till, enrolled_till, line, sealed_again, send, set_up_shop, statuses
from tests.tampering import tamper

VAST = "un café crème — 10 ‰ « brûlé » \\ / \t \x7f 😀"


@pytest.fixture
def morning(dossier_copy) -> Till:
    """Nine tickets of all kinds and no Z, none in the same millisecond: their ids are in their order."""
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    for number in range(7):
        time.sleep(0.002)
        till.sell(line(VAST, price_e4=12_000 + number * 100), line("Consigne", price_e4=2_000, vat_e4=None))
    time.sleep(0.002)
    till.sell(line("Rendu", price_e4=12_000, quantity_milli=-1_000), operation="refund")
    time.sleep(0.002)
    till.sell(tender="card")
    send(till)
    return till


def next_ticket(till: Till, *, algebraic: int = 0, absolute: int = 0) -> dict:
    """The till's next ticket, whose totals are off by so much, sealed by the till's own key all the same."""
    made = till.sell()
    body = json.loads(made["body"])
    body["perpetual_algebraic_minor"] += algebraic
    body["perpetual_absolute_minor"] += absolute
    return sealed_again(till, body, previous=made["to_sign"].rsplit(",", 2)[1])


@pytest.mark.parametrize(("field", "name"), [("algebraic", "algébrique"), ("absolute", "absolu")])
def test_a_wrong_perpetual_total_is_found_at_its_ticket(morning: Till, field: str, name: str) -> None:
    """7 × (1.20 … 1.26 + 0.20) − 1.20 + 1.20: 10.01 €; then a bread at 1.20."""
    record = next_ticket(morning, **{field: 1})
    assert statuses(send(morning, [record])) == ["stored"]
    found = verify_dossier().findings
    assert [(one.chain, one.seq, one.code) for one in found] == [(TICKETS, 10, "perpetual_wrong")]
    before = {"algebraic": 1_001 + 120, "absolute": 1_001 + 240 + 120}[field]
    assert found[0].detail == f"le total perpétuel {name} scellé est {before + 1}, le ticket précédent donne {before}"


def test_right_totals_are_followed_across_slices(morning: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_chains, "SLICE", 2)
    monkeypatch.setattr(slices, "GROUP", 3)
    monkeypatch.setattr(windows, "GROUP", 1)
    assert verify_dossier().findings == []
    assert verify_dossier(processes=2).findings == []
    assert statuses(send(morning, [next_ticket(morning, absolute=-1)])) == ["stored"]
    assert [one[:3] for one in verify_dossier(processes=2).findings] == [(TICKETS, 10, "perpetual_wrong")]


def test_a_second_enrolment_continues_the_totals_of_the_first(morning: Till) -> None:
    again = enrolled_till()
    assert again.soft.place.generation == 2
    assert again.soft.place.perpetual == {"algebraic_minor": 1_001, "absolute_minor": 1_001 + 240}
    again.open()
    again.sell()
    send(again)
    assert verify_dossier().findings == []


def test_the_short_ways_pass_what_is_right(morning: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise nobody would notice that everything goes the long way: windows pass every ticket, slices all else."""
    refused: list[str] = []
    covered: list[tuple[str, int, int]] = []
    looked: set[str] = set()

    def watched(reader, **more):
        done = passes(reader, **more)
        looked.add(more["chain"].name)
        if done is None:
            refused.append(more["chain"].name)
        return done

    def seen(reader, window):
        done = windows.check_window(reader, window)
        covered.extend(done.spans)
        return done

    monkeypatch.setattr(slices, "passes", watched)
    monkeypatch.setattr(checking_process, "check_window", seen)
    assert verify_dossier().findings == []
    assert refused == []
    assert covered == [(TICKETS, 1, 9)]
    assert TICKETS not in looked and "C1-1-cash" in looked


def test_a_window_with_something_wrong_passes_nothing(morning: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another window passed counts once; the slices say the rest, with the words for people."""
    monkeypatch.setattr(verify_chains, "SLICE", 2)
    whole = verify_dossier()
    tamper(f"UPDATE till_ticket SET gross_minor = 119 WHERE chain = '{TICKETS}' AND seq = 6")
    read: list[int] = []
    found = verify_dossier(progress=read.append)
    assert [one[:3] for one in found.findings] == [(TICKETS, 6, "rows_differ")]
    assert found.records == sum(read)
    assert whole.records - found.records == 1


def test_tickets_whose_clock_went_back_are_passed_all_the_same(morning: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their ids are not in the order of their numbers: the slices pass what the window left."""
    morning.clock.set_utc(morning.clock._at - timedelta(hours=1))
    for _ in range(3):
        morning.sell()
    send(morning)
    monkeypatch.setattr(slices, "_long_way", _never)
    found = verify_dossier()
    assert (found.findings, found.heads[TICKETS]) == ([], 12)


def test_two_registers_and_two_generations_share_a_window(morning: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    tills = [morning, enrolled_till("C2"), enrolled_till()]
    for till in tills[1:]:
        till.open()
    for _ in range(3):
        for till in tills[1:]:
            till.sell()
            send(till)
    monkeypatch.setattr(slices, "_long_way", _never)
    monkeypatch.setattr(verify_chains, "SLICE", 4)
    assert verify_dossier().findings == []
    tamper("UPDATE till_ticket SET net_minor = net_minor + 1 WHERE chain = 'C2-1-ticket' AND seq = 2")
    monkeypatch.undo()
    assert [one[:3] for one in verify_dossier().findings] == [("C2-1-ticket", 2, "rows_differ")]


@pytest.mark.parametrize("name", [name for name in CHANGES if "the rest" not in name])
def test_the_short_way_never_passes_what_was_touched(morning: Till, name: str, monkeypatch) -> None:
    statements, seq, _code = CHANGES[name]
    fresh = "0192f0c100007000800000000000000f"
    tamper(*[text.replace("{fresh}", f"'{fresh}'").replace("Pain", "brûlé") for text in statements])
    monkeypatch.setattr(slices, "_long_way", _never)
    if seq <= 9:
        with pytest.raises(AssertionError, match="long way"):
            verify_dossier()


def _never(*anything, **more):
    raise AssertionError("long way")


def test_the_hour_is_the_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    from comptoir.engine.calendar import stamp

    for at in ("2026-02-28T23:59:59Z", "2024-02-29T22:00:01Z", "2026-12-31T23:30:00Z", "2026-01-01T00:00:00Z"):
        for offset in (-720, -60, 0, 60, 120, 840):
            assert windows._hour(at[:13], offset) + at[14:16] + at[17:19] == stamp(at, offset, "at")


def test_a_number_that_is_no_number_is_found(morning: Till) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL holds its columns to their type")
    tamper(f"UPDATE fiscal_record SET seq = 'neuf' WHERE chain = '{TICKETS}' AND seq = 9")
    found = verify_dossier().findings
    assert (found[0].chain, found[0].code) == ("fiscal_record", "rows_extra")
    assert found[0].detail.endswith(f", {TICKETS} n° « neuf »")


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(
    ("column", "code"), [("body", "body_changed"), ("to_sign", "seal_changed"), ("signature", "signature_wrong")]
)
def test_bytes_that_are_no_text_are_found(morning: Till, column: str, code: str, processes: int) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses them")
    place = f"WHERE chain = '{TICKETS}' AND seq = 4"
    tamper(f"UPDATE fiscal_record SET {column} = CAST(x'c328' || CAST({column} AS BLOB) AS TEXT) {place}")
    assert [one[:3] for one in verify_dossier(processes=processes).findings] == [(TICKETS, 4, code)]


def test_a_label_that_is_no_text_is_found(morning: Till) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses them")
    ticket = f"(SELECT id FROM fiscal_record WHERE chain = '{TICKETS}' AND seq = 4)"
    tamper(f"UPDATE till_ticketline SET label = CAST(x'c328' AS TEXT) WHERE ticket_id = {ticket}")
    assert [one[:3] for one in verify_dossier().findings] == [(TICKETS, 4, "rows_differ")]


def test_a_row_that_no_record_explains_is_named(morning: Till) -> None:
    tamper(
        "INSERT INTO treasury_cashtransfer SELECT '0192f0c100007000800000000000000e', from_account, to_account, 5, code,"
        " source, at, recorded_at FROM treasury_cashtransfer WHERE code = 'opening'"
    )
    (found,) = verify_dossier().findings
    assert (found.chain, found.seq, found.code) == ("treasury_cashtransfer", 0, "rows_extra")
    assert found.detail.replace("-", "") == (
        "10 lignes, les enregistrements en expliquent 9 ; de trop : id 0192f0c100007000800000000000000e"
    )

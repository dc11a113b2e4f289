"""`verify` finds every kind of tampering made behind the application's back, at the right number."""
# ruff: noqa: S608 - whoever tampers writes SQL

import hashlib
import json
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from comptoir.apps.fiscal.queries import chain_names
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads, anchor_path
from comptoir.apps.till.services.book_closings import book_ready_closings
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.services.keep_attachment import keep_attachment
from comptoir.engine.seal import seal
from tests.api.test_attachments import expense, jpeg
from tests.apps.till.shop import Till, enrolled_till, send, set_up_shop
from tests.tampering import tamper

TICKETS = "C1-1-ticket"
DETAILS = ("till_ticketline", "till_ticketpayment", "till_ticketvat")


@pytest.fixture
def day(dossier_copy) -> Till:
    """A closed day of ten tickets, committed."""
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    for _ in range(10):
        till.sell()
    till.soft.log_event(code=80, label="Démarrage")
    till.close({"tender": "cash", "amount_minor": 11_200, "pieces": None})
    send(till)
    assert verify_dossier().findings == []
    return till


def found() -> list[tuple[str, int, str]]:
    return [(one.chain, one.seq, one.code) for one in verify_dossier().findings]


def where(seq: int, chain: str = TICKETS) -> str:
    return f"WHERE chain = '{chain}' AND seq = {seq}"


CHANGES = {
    "a byte of the body": (
        [f"UPDATE fiscal_record SET body = REPLACE(body, 'Pain', 'Pein') {where(4)}"], 4, "body_changed"),
    "the digest too": ([f"UPDATE fiscal_record SET to_sign = to_sign || 'x' {where(4)}"], 4, "seal_changed"),
    "the signature": (
        [f"UPDATE fiscal_record SET signature = (SELECT signature FROM fiscal_record {where(3)}) {where(6)}"],
        6, "signature_wrong"),
    "a row taken out": ([f"DELETE FROM fiscal_record {where(5)}"], 5, "missing"),
    "the first row": ([f"DELETE FROM fiscal_record {where(1)}"], 1, "missing"),
    "a row taken out and the rest moved down": (
        [f"DELETE FROM fiscal_record {where(5)}",
         *[f"UPDATE fiscal_record SET seq = {seq - 1} {where(seq)}" for seq in range(6, 11)]], 5, "moved"),
    "two rows exchanged": (
        [f"UPDATE fiscal_record SET seq = 99 {where(3)}", f"UPDATE fiscal_record SET seq = 3 {where(7)}",
         f"UPDATE fiscal_record SET seq = 7 {where(99)}"], 3, "moved"),
    "another date in the row": (
        [f"UPDATE fiscal_record SET business_date = '2026-11-23' {where(8)}"], 8, "columns_differ"),
    "a row put in": (
        ["INSERT INTO fiscal_record SELECT {fresh}, chain, 11, type, register, generation, key, body, to_sign, signature,"
         f" business_date, session, at, received_at FROM fiscal_record {where(10)}"], 11, "moved"),
    "an amount of a ticket": ([f"UPDATE till_ticket SET gross_minor = 119 {where(2)}"], 2, "rows_differ"),
    "an amount of a line": (
        [f"UPDATE till_ticketline SET gross_minor = 1 WHERE ticket_id = (SELECT id FROM fiscal_record {where(9)})"],
        9, "rows_differ"),
    "a payment taken out": (
        [f"DELETE FROM till_ticketpayment WHERE ticket_id = (SELECT id FROM fiscal_record {where(9)})"], 9, "rows_differ"),
}  # fmt: skip


@pytest.mark.feature("FISC-12")
@pytest.mark.parametrize("name", CHANGES)
def test_tampering_is_found_at_its_number(day, name) -> None:
    statements, seq, code = CHANGES[name]
    fresh = "0192f0c100007000800000000000000f"
    tamper(*[statement.replace("{fresh}", f"'{fresh}'") for statement in statements])
    assert found() == [(TICKETS, seq, code)]


@pytest.mark.slow
def test_every_single_byte_of_a_sealed_ticket_counts(day) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body, to_sign, signature FROM fiscal_record {where(4)}")
        parts = dict(zip(("body", "to_sign", "signature"), cursor.fetchone(), strict=True))
    missed: list[tuple[str, int]] = []
    tamper()
    for column, text in parts.items():
        for index in range(0, len(text), 1 if column == "signature" else 37):
            changed = text[:index] + ("0" if text[index] != "0" else "1") + text[index + 1 :]
            put(column, changed)
            if [one[:2] for one in found()] != [(TICKETS, 4)]:
                missed.append((column, index))
        put(column, text)
    assert missed == []
    assert found() == []


def put(column: str, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE fiscal_record SET {column} = %s {where(4)}", [text])


def test_a_cut_tail_is_known_from_the_z(day) -> None:
    tamper(f"DELETE FROM fiscal_record WHERE chain = '{TICKETS}' AND seq > 7")
    assert found() == [(TICKETS, 8, "tail_cut")]


def test_a_body_sealed_again_with_another_key_is_found(day) -> None:
    """Whoever holds the database but not the register's key cannot make the record whole again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body, signature FROM fiscal_record {where(3)}")
        body, _ = cursor.fetchone()
        cursor.execute(f"SELECT signature FROM fiscal_record {where(2)}")
        previous = cursor.fetchone()[0]
    forged = seal(json.loads(body.replace('"label":"Pain"', '"label":"Pein"')), previous)
    signature = enrolled_till("C2").key.sign(forged["to_sign"])
    tamper()
    for column, text in (("body", forged["body"]), ("to_sign", forged["to_sign"]), ("signature", signature)):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE fiscal_record SET {column} = %s {where(3)}", [text])
    assert found() == [(TICKETS, 3, "signature_wrong")]


def test_a_key_put_in_place_of_another_is_found(day) -> None:
    other = enrolled_till("C2")
    tamper("DELETE FROM fiscal_sealingkey WHERE register = 'C1'")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fiscal_sealingkey SET register = 'C1' WHERE register = 'C2'")
    assert ("C1-1", 0, "key_not_enrolled") in found()
    assert other.key.thumbprint != day.key.thumbprint


CLOSING_ROWS = (
    ("treasury_closingtender", "closing_id"), ("treasury_closingsession", "closing_id"),
    ("treasury_cashtransfer", "source"), ("treasury_closing", "id"),
)  # fmt: skip


def take_out_z(seq: int) -> None:
    own = f"(SELECT id FROM fiscal_record {where(seq, 'C1-1-z')})"
    tamper(*[f"DELETE FROM {table} WHERE {column} = {own}" for table, column in CLOSING_ROWS])


def test_a_z_taken_out_of_the_closings_is_found(day) -> None:
    """Its record stays sealed, and all that was booked of it is gone: no page and no book would show that day."""
    for counted in (11_200, 11_200):
        day.open(float_minor=counted)
        day.close({"tender": "cash", "amount_minor": counted, "pieces": None})
        send(day)
    assert found() == []
    take_out_z(2)
    assert found() == [("C1-1-z", 2, "not_booked")]
    take_out_z(3)
    assert found() == [("C1-1-z", 2, "not_booked")]


def test_the_last_z_taken_out_is_told_and_booked_again(day) -> None:
    take_out_z(1)
    verified = verify_dossier()
    assert verified.findings == []  # as when the power goes between its reception and its booking
    assert verified.remarks == ["C1-1-z n° 1 : scellé et complet, pas encore parmi les clôtures"]
    assert book_ready_closings([("C1", 1)]) == set()
    assert verify_dossier().remarks == []


@pytest.mark.parametrize("change", ["agrees = FALSE", """disagreements = '[{"path":"gross_minor"}]'"""])
def test_a_difference_put_into_a_closing_is_found(day, change: str) -> None:
    tamper(f"UPDATE treasury_closing SET {change} {where(1, 'C1-1-z')}")
    assert found() == [("C1-1-z", 1, "rows_differ")]


PHOTO_CHANGES = {
    "the picture": "UPDATE treasury_attachment SET content = {other}",
    "the picture and its digest": "UPDATE treasury_attachment SET content = {other}, digest = '{digest}'",
    "its record": "UPDATE treasury_attachment SET record = (SELECT id FROM fiscal_record WHERE chain = 'C1-1-cash' AND seq = 1)",
}


@pytest.mark.parametrize("name", PHOTO_CHANGES)
def test_a_changed_photo_of_an_expense_is_found(day, name: str) -> None:
    day.open(float_minor=11_200)
    record = expense(day, jpeg())
    send(day)
    keep_attachment(uuid4(), record=UUID(record["id"]), content=jpeg(), register="C1", received=timezone.now())
    assert found() == []
    other = jpeg("red")
    literal = f"X'{other.hex()}'" if connection.vendor == "sqlite" else f"'\\x{other.hex()}'"
    tamper(PHOTO_CHANGES[name].format(other=literal, digest=hashlib.sha256(other).hexdigest()))
    assert found() == [("C1-1-cash", 1 if name == "its record" else record["seq"], "photo_changed")]


def test_an_extra_transfer_is_found(day) -> None:
    tamper(
        "INSERT INTO treasury_cashtransfer SELECT '0192f0c100007000800000000000000e', from_account, to_account, 5, code,"
        " source, at, recorded_at FROM treasury_cashtransfer WHERE code = 'opening'"
    )
    assert found() == [("treasury_cashtransfer", 0, "rows_extra")]


def test_anchors_reveal_a_cut_tail_and_an_older_file(day) -> None:
    day.open()
    for _ in range(3):
        day.sell()
    send(day)
    anchor_heads(reason="demand")
    assert verify_dossier(anchors=True).findings == []
    late = f"(SELECT id FROM fiscal_record WHERE chain = '{TICKETS}' AND seq > 11)"
    owned = [f"DELETE FROM {table} WHERE ticket_id IN {late}" for table in DETAILS]
    tamper(
        *owned, f"DELETE FROM treasury_cashtransfer WHERE source IN {late}", f"DELETE FROM till_ticket WHERE id IN {late}",
        f"DELETE FROM fiscal_record WHERE id IN {late}",
    )  # fmt: skip
    assert found() == []  # from inside, nothing can be seen
    assert [one[:3] for one in verify_dossier(anchors=True).findings] == [(TICKETS, 12, "tail_cut")]
    tamper("DELETE FROM fiscal_record")
    assert "older_file" in {one.code for one in verify_dossier(anchors=True).findings}


def test_a_changed_anchor_log_is_found(day) -> None:
    anchor_heads(reason="demand")
    anchor_heads(reason="demand")
    log = anchor_path()
    lines = log.read_text().splitlines()
    log.write_text("\n".join([lines[0].replace('"reason":"z"', '"reason":"x"'), *lines[1:]]) + "\n")
    codes = [(one.chain, one.seq, one.code) for one in verify_dossier(anchors=True).findings]
    assert codes == [("anchors", 2, "log_changed")]
    assert oct(log.stat().st_mode)[-3:] == "600"


def test_several_processes_find_the_same(day) -> None:
    tamper(f"UPDATE fiscal_record SET body = REPLACE(body, 'Pain', 'Pein') {where(4)}")
    alone, together = verify_dossier(processes=1), verify_dossier(processes=2)
    assert alone.findings == together.findings and len(together.findings) == 1


def test_verify_reads_only(day) -> None:
    before = state_of_everything()
    verify_dossier()
    assert state_of_everything() == before


def state_of_everything() -> dict[str, str]:
    digests: dict[str, str] = {}
    with connection.cursor() as cursor:
        for chain in chain_names():
            cursor.execute("SELECT body, signature FROM fiscal_record WHERE chain = %s ORDER BY seq", [chain])
            digests[chain] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return digests

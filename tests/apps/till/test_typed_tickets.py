"""Tickets read into compiled classes give the very rows that are written for them; what they do not know, they say."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.sealed import Fault, Sealed
from comptoir.apps.fiscal.short_check import spelling_of
from comptoir.apps.fiscal.window_rows import KeyedRows
from comptoir.apps.till import expected_rows
from comptoir.apps.till.typed_tickets import TICKETS, transfer_keys
from comptoir.apps.till.verification import projections
from comptoir.apps.treasury.projection import first_transfer_id
from tests.apps.till.shop import Till, enrolled_till, line, set_up_shop

VAST = "un café crème — 10 ‰ « brûlé » \\ / \t \x7f 😀"


@pytest.fixture
def till(dossier_copy) -> Till:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    return till


Tables = list[list[tuple]]


def plain_rows(record: dict[str, Any], *, vendor: str) -> Tables:
    """The rows of a ticket by the projector that writes them, spelled as the database gives them."""
    chain = parse_chain(record["chain"])
    assert chain is not None
    body = spelling_of(vendor).of_body(json.loads(record["body"]))
    sealed = Sealed(body["id"], chain, record["seq"], body, record["body"], "", "", "")
    return [[tuple(row) for row in rows] for _, rows in expected_rows.ticket(sealed)]


def taken(record: dict[str, Any], tables: Tables, *, vendor: str) -> tuple[bool, list[int]]:
    """Whether the compiled class took rows from these tables, and how many of each; raises Fault at another row."""
    spelling = spelling_of(vendor)
    body = spelling.of_body(json.loads(record["body"]))
    derived = SimpleNamespace(
        streams=[
            KeyedRows(iter(rows), key_at=0) if table.table.name == "treasury_cashtransfer" else iter(rows)
            for table, rows in zip(projections()["ticket"].tables, tables, strict=True)
        ],
        taken=[0] * len(tables),
    )
    knows = TICKETS.take_rows(
        TICKETS.decoder.decode(record["body"]), record=body["id"], session=body["session"], at=body["at"],
        id_of=spelling.id_of, derived=derived,
    )  # fmt: skip
    return knows, derived.taken


def sizes(tables: Tables) -> list[int]:
    return [len(rows) for rows in tables]


def other(value: Any) -> Any:
    """Another value, as little different as can be."""
    return (
        0
        if value is None
        else f"{value[:-1]}{chr(ord(value[-1:] or '?') ^ 1)}"
        if isinstance(value, str)
        else value + 1
    )


def assert_takes_these_rows_alone(record: dict[str, Any], *, vendor: str) -> Tables:
    """Every row as the projector says it, and none that differs in any one value, is gone or is there twice."""
    plain = plain_rows(record, vendor=vendor)
    assert taken(record, plain, vendor=vendor) == (True, sizes(plain))
    for place, rows in enumerate(plain):
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                changed = [*rows[:number], (*row[:column], other(value), *row[column + 1 :]), *rows[number + 1 :]]
                with pytest.raises(Fault):
                    taken(record, [*plain[:place], changed, *plain[place + 1 :]], vendor=vendor)
            gone = [*plain[:place], rows[:number] + rows[number + 1 :], *plain[place + 1 :]]
            with pytest.raises(Fault):
                taken(record, gone, vendor=vendor)
    return plain


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_both_say_the_same_rows(till: Till, vendor: str) -> None:
    sold = [
        till.sell(),
        till.sell(line(VAST, price_e4=12_345), line("Consigne", price_e4=2_000, vat_e4=None), tender="card"),
        till.sell(line("Rendu", price_e4=12_000, quantity_milli=-1_000), operation="refund"),
        till.sell(line("Pesé", price_e4=39_900, quantity_milli=1_234, vat_e4=2_000), line("Offert", price_e4=0)),
    ]
    for record in sold:
        plain = assert_takes_these_rows_alone(record, vendor=vendor)
        lines = len(json.loads(record["body"])["basket"]["lines"])
        assert [len(rows) for rows in plain][:4] == [1, lines, 1, len(plain[3])]


def test_rows_more_than_a_ticket_says_are_left(till: Till) -> None:
    record = till.sell()
    plain = plain_rows(record, vendor="sqlite")
    more = [[*rows, rows[-1]] if rows else rows for rows in plain]
    assert taken(record, more, vendor="sqlite") == (True, sizes(plain)) == (True, [1, 1, 1, 1, 1, 0, 0])


def test_a_transfer_that_a_ticket_does_not_say_is_refused(till: Till) -> None:
    record = till.sell(tender="card")
    plain = plain_rows(record, vendor="sqlite")
    assert plain[4] == []
    (key,) = transfer_keys(plain[0][0][0])
    plain[4] = [(key, "sales", "drawer/C1", 100, "sale", plain[0][0][0], plain[0][0][7])]
    with pytest.raises(Fault):
        taken(record, plain, vendor="sqlite")


def test_what_only_some_tickets_have_is_said_the_same(till: Till) -> None:
    """A discount, deleted lines, an origin, a reason, an approval, a charge: put into a body as they are sealed."""
    record = till.sell(line("Un", price_e4=50_000), line("Deux", price_e4=70_000, vat_e4=2_000))
    body = json.loads(record["body"])
    body["priced"]["lines"][0] |= {"line_discount_minor": 7, "basket_discount_minor": 5}
    body["priced"]["charges"] = [
        {"label": "Livraison", "gross_minor": 300, "net_minor": 250, "vat_minor": 50, "vat_e4": 2_000}
    ]
    body["deleted_lines"] = [{"amount_minor": 120}, {"amount_minor": -20}]
    body |= {
        "origin": {"type": "ticket", "id": "0192f0c1-0000-7000-8000-00000000000f", "chain": "C1-1-ticket", "seq": 1},
        "reason": "defaut", "approved_by": {"id": "u2", "name": "Ana"}, "customer": "c-12",
    }  # fmt: skip
    body["basket"]["lines"][1] |= {
        "origin_line": "2",
        "disposition": "restock",
        "return_reason": "defaut",
        "article": "a1",
    }
    plain = assert_takes_these_rows_alone({**record, "body": json.dumps(body)}, vendor="sqlite")
    ticket, lines = plain[0][0], plain[1]
    assert (ticket[12], ticket[21:24], ticket[27:30]) == (
        "0192f0c100007000800000000000000f", (3, 2, 100), ("defaut", "u2", "Ana"),
    )  # fmt: skip
    assert [row[11] for row in lines] == [12, 0, 0] and lines[2][2:5] == ("charge", None, "Livraison")


def left_alone(record: dict[str, Any]) -> bool:
    """Whether the compiled class takes none of the rows and leaves the ticket to the projector."""
    return taken(record, plain_rows(record, vendor="sqlite"), vendor="sqlite") == (False, [0] * 7)


def test_credit_notes_and_exchanges_are_left_to_the_plain_way(till: Till) -> None:
    record = till.sell()
    body = json.loads(record["body"])
    body["exchange"] = "0192f0c1-0000-7000-8000-00000000000f"
    assert left_alone({**record, "body": json.dumps(body)})
    body = json.loads(record["body"])
    tender = body["settled"]["payments"][0]["type"]
    for one in body["settle"]["types"]:
        one["kind"] = "credit_note" if one["code"] == tender else one["kind"]
    assert left_alone({**record, "body": json.dumps(body)})


def test_a_body_of_another_shape_is_refused(till: Till) -> None:
    body = json.loads(till.sell()["body"])
    for path, value in (("operator", None), ("seq", "1"), ("catalogue", 1.5), ("customer", {"id": 1})):
        with pytest.raises(ValueError, match=path):
            TICKETS.decoder.decode(json.dumps({**body, path: value}))


def test_the_keys_of_transfers_are_the_treasurys() -> None:
    for last in "0123456789abcdef":
        for head in (
            "0192f0c1-0000-7000-8000-00000000000",
            "0192f0c100007000800000000000fff",
            "0192f0c10000700080ffffffffffffff",
        ):
            assert transfer_keys(head + last) == first_transfer_id(head + last)


def test_verify_reads_tickets_so() -> None:
    assert projections()["ticket"].typed == "comptoir.apps.till.typed_tickets:TICKETS"

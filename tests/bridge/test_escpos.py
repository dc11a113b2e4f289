"""The emitter against an interpreter written apart: what the shopkeeper reads is what the document says."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.bridge.escpos.codepages import CP858, CP1252, LATIN9, encode
from comptoir.bridge.escpos.emitter import Logo, Profile, render
from comptoir.bridge.simulator.interpreter import Line, Mark, Raster, Symbol, UnknownCommand, read
from comptoir.exchange.receipts.layout import as_text, lay_out, width_of

SAMPLE = json.loads((Path(__file__).parent / "sample_receipt.json").read_text(encoding="utf-8"))


def paper(*blocks):
    return {"format": "receipt/1", "lang": "fr", "blocks": list(blocks)}


def text_block(text, **more):
    return {"t": "text", "s": text, **more}


@pytest.mark.parametrize(
    ("page", "text", "data"),
    [
        (CP1252, "É – Œ à œ €", b"\xc9 \x96 \x8c \xe0 \x9c \x80"),
        (CP858, "é € œ –", b"\x82 \xd5 oe -"),
        (LATIN9, "œ € –", b"\xbd \xa4 -"),
        (CP1252, "1\u202f234,56\u00a0€", b"1 234,56 \x80"),
        (CP1252, "−4,98 ×", b"-4,98 \xd7"),
        (CP1252, "Łódź", b"?\xf3dz"),
        (CP1252, "e\u0301", b"\xe9"),
    ],
)
def test_one_page_says_all_french(page, text, data):
    assert encode(text, page=page).data == data


def test_what_is_lost_is_counted():
    assert encode("Łódź 日本", page=CP1252).lost == 3
    assert encode("Œufs à 2,95 €", page=CP1252).lost == 0


def test_sample_receipt_prints_as_its_text():
    items = read(render(SAMPLE, profile=Profile()).data)
    printed = [item.text.rstrip() for item in items if isinstance(item, Line) and item.text.strip()]
    # The plain text has the typographic minus, which no code page of a printer has.
    expected = [
        line.replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-") for line in as_text(SAMPLE).splitlines()
    ]
    assert printed == [line for line in expected if line and not line.startswith("[")]
    assert [item for item in items if isinstance(item, Symbol)] == [Symbol("code128", "TC1-1-1")]
    assert [item.kind for item in items if isinstance(item, Mark)].count("cut") == 1
    assert not [item for item in items if isinstance(item, Mark) and item.kind == "pulse"]


def test_total_is_double_and_bold():
    items = read(render(SAMPLE, profile=Profile()).data)
    total = next(item for item in items if isinstance(item, Line) and item.text.startswith("TOTAL TTC"))
    assert (total.bold, total.wide, total.high, len(total.text)) == (True, 2, 2, 24)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_no_row_is_wider_than_the_paper(columns):
    for item in lay_out(SAMPLE, columns=columns):
        if hasattr(item, "text"):
            assert width_of(item.text) <= (columns // 2 if item.double else columns)


def test_amounts_stay_on_one_row():
    document = paper(
        {
            "t": "row",
            "l": "Un nom très long qui ne tient pas sur la même rangée que son prix",
            "r": "1\u202f234,56\u00a0€",
        }
    )
    rows = as_text(document, columns=32).splitlines()
    assert rows[-1].endswith("1\u202f234,56\u00a0€")
    assert "".join(rows).replace(" ", "").startswith("Unnomtrèslong")


@pytest.mark.parametrize("page", [CP1252, CP858, LATIN9])
def test_a_letter_replaced_by_two_does_not_push_the_amount_off_the_paper(page):
    document = paper({"t": "row", "l": "Cœur… œufs – mœlleux (Œuvre)", "r": "1\u202f234,56\u00a0€"})
    printed = [item.text for item in read(render(document, profile=Profile(page=page)).data) if isinstance(item, Line)]
    assert printed[-1].endswith(" 1 234,56 €") and len(printed[-1]) == 48


@given(
    st.text(max_size=60),
    st.integers(0, 10**13),
    st.sampled_from([CP1252, CP858, LATIN9]),
    st.sampled_from([32, 42, 48]),
)
def test_an_amount_is_whole_beside_any_text(left, amount, page, columns):
    shown = f"{amount:,}".replace(",", "\u202f") + ",00"
    for block in (
        {"t": "row", "l": left, "r": shown},
        {"t": "cols", "c": [left[:4], "20 %", shown, shown, shown], "w": [4, 7, 10, 9, 10]},
    ):
        items = read(render(paper(block), profile=Profile(page=page, columns=columns)).data)
        rows = [item.text for item in items if isinstance(item, Line)]
        assert rows[-1].endswith(shown.replace("\u202f", " "))
        said = " ".join(rows)
        assert said.count(shown.replace("\u202f", " ")) >= (3 if block["t"] == "cols" else 1)
        assert all(len(row) <= columns for row in rows)


def test_an_amount_too_long_for_large_letters_is_printed_in_small_ones():
    document = paper(
        {"t": "row", "l": "TOTAL", "r": "9\u202f999\u202f999\u202f999,99\u00a0€", "style": ["bold", "double"]}
    )
    rows = [item for item in read(render(document, profile=Profile(columns=32)).data) if isinstance(item, Line)]
    assert [(row.text, row.wide, row.bold) for row in rows] == [("TOTAL         9 999 999 999,99 €", 1, True)]


def test_a_table_too_wide_for_its_roll_goes_on_below():
    cells = ["A", "5,5\u00a0%", "12\u202f345\u202f678,90", "2\u202f345\u202f678,90", "14\u202f691\u202f357,80"]
    rows = as_text(paper({"t": "cols", "c": cells, "w": [4, 7, 10, 9, 10]}), columns=32).splitlines()
    assert [row.split(" ") for row in (row.strip() for row in rows)] == [cells[:3], cells[3:]]
    assert [width_of(row) <= 32 for row in rows] == [True, True]


def test_a_name_cannot_open_the_drawer():
    evil = "\x1bp\x00\x19\xfa\x10\x14\x01\x00\x05 Pull\x07"
    items = read(render(paper(text_block(evil), {"t": "row", "l": evil, "r": "1,00"}), profile=Profile()).data)
    assert {item.kind for item in items if isinstance(item, Mark)} == {"init"}
    assert [item.text for item in items if isinstance(item, Line)][0].startswith("p")


@given(st.text(max_size=80), st.text(max_size=20), st.sampled_from([CP1252, CP858, LATIN9]), st.sampled_from([32, 48]))
def test_any_text_is_only_text(left, right, page, columns):
    document = paper(
        text_block(left, align="c"), {"t": "row", "l": left, "r": right, "style": ["double"]}, {"t": "cut"}
    )
    items = read(render(document, profile=Profile(page=page, columns=columns)).data)
    assert {item.kind for item in items if isinstance(item, Mark)} == {"init", "feed", "cut"}
    for item in items:
        if isinstance(item, Line):
            assert len(item.text) * item.wide <= columns


def test_qr_and_barcodes():
    document = paper(
        {"t": "qr", "s": "https://comptoir.example/t/é"}, {"t": "barcode", "kind": "ean13", "s": "3760123456784"}
    )
    assert [item for item in read(render(document, profile=Profile()).data) if isinstance(item, Symbol)] == [
        Symbol("qr", "https://comptoir.example/t/é"),
        Symbol("ean13", "3760123456784"),
    ]
    for wrong in (("code128", "é"), ("ean13", "3760123456783"), ("code39", "A")):
        with pytest.raises(ValueError):
            render(paper({"t": "barcode", "kind": wrong[0], "s": wrong[1]}), profile=Profile())


def test_logo_is_cut_in_slices_and_never_wider_than_the_paper():
    logo = Logo(width_bytes=2, rows=300, data=bytes(range(250)) * 2 + bytes(100))
    items = read(render(paper({"t": "image", "name": "logo"}), profile=Profile(logos={"logo": logo})).data)
    rasters = [item for item in items if isinstance(item, Raster)]
    assert [raster.rows for raster in rasters] == [255, 45]
    assert b"".join(raster.data for raster in rasters) == logo.data
    narrow = Profile(dots=8, logos={"logo": logo})
    assert not [
        i for i in read(render(paper({"t": "image", "name": "logo"}), profile=narrow).data) if isinstance(i, Raster)
    ]


def test_unknown_format_or_block_is_refused():
    for document in ({"format": "receipt/2", "blocks": []}, paper({"t": "hologram"})):
        with pytest.raises(ValueError):
            render(document, profile=Profile())


def test_interpreter_refuses_what_no_printer_knows():
    for data in (b"\x1b\x01", b"\x1dZ", b"\x07", b"no end of row"):
        with pytest.raises(UnknownCommand):
            read(data)

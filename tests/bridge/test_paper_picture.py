"""The picture of the simulated paper, looked at by a reader of barcodes; a receipt recorded elsewhere, read and drawn."""

import io
import json
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from comptoir.bridge.escpos.emitter import Logo, Profile, render
from comptoir.bridge.simulator.interpreter import Line, Mark, Raster, UnknownCommand, read
from comptoir.bridge.simulator.picture import as_png

SAMPLE = json.loads((Path(__file__).parent / "sample_receipt.json").read_text(encoding="utf-8"))
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "escpos" / "escpos-tools" / "receipt-with-logo.bin"


def drawn(document, **more):
    return Image.open(io.BytesIO(as_png(read(render(document, profile=Profile(**more)).data))))


def test_symbols_on_the_paper_are_read_back():
    link = "https://comptoir.example/t/0193-é€?a=1&b=2"
    document = SAMPLE | {"blocks": [*SAMPLE["blocks"][:-2], {"t": "qr", "s": link}, *SAMPLE["blocks"][-2:]]}
    found = {(one.format.name, one.text) for one in zxingcpp.read_barcodes(drawn(document))}
    assert found == {("QRCode", link), ("Code128", "TC1-1-1")}


def test_the_picture_is_as_wide_as_the_paper():
    assert drawn(SAMPLE).width == 576 + 48


def test_a_logo_stands_as_it_was_given():
    logo = Logo(width_bytes=3, rows=16, data=b"\xff\x00\x81" * 16)
    picture = drawn(
        {"format": "receipt/1", "lang": "fr", "blocks": [{"t": "image", "name": "logo"}]}, logos={"logo": logo}
    )
    row = [picture.convert("L").getpixel((24 + 288 - 12 + x, 24 + 3)) < 128 for x in range(24)]
    assert row == [True] * 8 + [False] * 8 + [True] + [False] * 6 + [True]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded receipt is not on this machine")
def test_a_receipt_recorded_elsewhere_is_understood():
    items = read(RECORDED.read_bytes())
    assert [" ".join(item.text.split()) for item in items if isinstance(item, Line) and item.text.strip()] == [
        "ExampleMart Ltd.", "Shop No. 42.", "SALES INVOICE", "$", "Example item #1 4.00", "Another thing 3.50",
        "Something else 1.00", "A final item 4.45", "Subtotal 12.95", "A local tax 1.30", "Total $ 14.25",
        "Thank you for shopping at ExampleMart", "For trading hours, please visit example.com",
        "Monday 6th of April 2015 02:56:25 PM",
    ]  # fmt: skip
    assert [(raster.width_bytes, raster.rows) for raster in items if isinstance(raster, Raster)] == [(38, 236)]
    assert [(mark.kind, mark.value) for mark in items if isinstance(mark, Mark) and mark.kind in ("cut", "pulse")] == [
        ("cut", 65),
        ("pulse", 48),
    ]
    assert Image.open(io.BytesIO(as_png(items))).width == 624


@pytest.mark.parametrize(
    "data",
    [
        b"\x1d(L\x02\x0002",  # prints graphics that were never stored
        b"\x1d(L\x0c\x000p0\x01\x011\x10\x00\x02\x00\xff\xff",  # two rows announced, one given
        b"\x1dkI\x03abc",  # Code 128 without its set
    ],
)
def test_data_that_contradicts_its_command_is_refused(data):
    with pytest.raises(UnknownCommand):
        read(data)

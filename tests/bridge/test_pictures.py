"""Papers drawn dot by dot and logos: as wide as the paper, readable again, and never a way in for a hostile file."""

import io
import json
import struct
import zlib
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from comptoir.bridge.escpos.emitter import Profile, render
from comptoir.bridge.escpos.pictures import logo_from, render_drawn
from comptoir.bridge.simulator.interpreter import Mark, Raster, read

SAMPLE = json.loads((Path(__file__).parent / "sample_receipt.json").read_text(encoding="utf-8"))


def png(picture):
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def burnt(raster):
    return Image.frombytes("1", (raster.width_bytes * 8, raster.rows), bytes(b ^ 255 for b in raster.data))


def sheet(items):
    slices = [burnt(item) for item in items if isinstance(item, Raster)]
    whole = Image.new("1", (slices[0].width, sum(one.height for one in slices)), 1)
    top = 0
    for one in slices:
        whole.paste(one, (0, top))
        top += one.height
    return whole


@pytest.mark.parametrize("dots", [384, 512, 576])
def test_a_drawn_paper_has_the_width_of_the_printer_and_its_code_is_read(dots):
    document = SAMPLE | {"blocks": [{"t": "text", "s": "日本 Łódź"}, *SAMPLE["blocks"]]}
    rendered = render_drawn(document, profile=Profile(dots=dots, text_mode="raster"))
    items = read(rendered.data)
    assert {raster.width_bytes for raster in items if isinstance(raster, Raster)} == {dots // 8}
    assert max(raster.rows for raster in items if isinstance(raster, Raster)) == 255
    assert [mark.kind for mark in items if isinstance(mark, Mark)] == ["init", "feed", "cut"]
    assert [one.text for one in zxingcpp.read_barcodes(sheet(items).convert("L"))] == ["TC1-1-1"]
    assert rendered.lost == 0


def test_a_logo_is_narrowed_to_the_paper_and_burnt_where_it_is_dark():
    wide = Image.new("L", (1152, 100), 0)
    logo = logo_from(png(wide), dots=576)
    assert (logo.width_bytes, logo.rows, set(logo.data)) == (72, 50, {255})
    see_through = Image.new("RGBA", (10, 1), (0, 0, 0, 0))
    see_through.putpixel((0, 0), (0, 0, 0, 255))
    assert logo_from(png(see_through), dots=576).data == b"\x80\x00"


def test_a_logo_in_a_profile_is_printed():
    logo = logo_from(png(Image.new("L", (16, 4), 0)), dots=576)
    items = read(
        render(
            {"format": "receipt/1", "blocks": [{"t": "image", "name": "logo"}]}, profile=Profile(logos={"logo": logo})
        ).data
    )
    assert [item for item in items if isinstance(item, Raster)] == [Raster(2, 4, b"\xff" * 8)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_a_hostile_picture_is_refused():
    empty = chunk(b"IEND", b"")
    bombs = [
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) + empty
        for side in (5000, 60000)
    ]
    good = png(Image.new("L", (8, 8), 0))
    for octets in (b"", b"<svg/>", b"GIF89a" + bytes(50), good[:40], *bombs):
        with pytest.raises(ValueError):
            logo_from(octets, dots=576)


def test_the_last_sign_of_a_row_stays_on_the_paper():
    """Typesetters let a final full stop hang in the margin; a roll has no margin."""
    columns = []
    for right in ("B.", "B,"):
        document = {"format": "receipt/1", "blocks": [{"t": "row", "l": "", "r": right}]}
        drawn = sheet(read(render_drawn(document, profile=Profile()).data)).convert("L")
        columns.append([x for x in range(576) if any(drawn.getpixel((x, y)) == 0 for y in range(drawn.height))])
    assert columns[0][0] == columns[1][0] == 554
    assert columns[0][-1] in (570, 571) and columns[1][-1] in (570, 571, 572)

"""The bytes that print a receipt document on an ESC/POS printer. Pure: document and profile in, bytes out.

Commands are those common to Epson and its compatible makers (docs/developer/escpos.md lists them with their bytes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comptoir.bridge.escpos.codepages import CP1252, CodePage, encode
from comptoir.exchange.receipts.layout import Picture, Row, lay_out
from comptoir.exchange.receipts.symbols import modules_of

INIT = b"\x1b@"
QR_BYTES = 2331  # version 40, error correction M (ISO/IEC 18004)
SLICE_ROWS = 255  # rows of one raster command: small buffers choke on more


@dataclass(frozen=True, slots=True)
class Logo:
    """A black and white picture, one bit a dot, rows padded to whole bytes, 1 = black."""

    width_bytes: int
    rows: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Profile:
    """What is particular to a printer. `drawer_pin` 2 or 5; `cut` partial, full or none; `qr` native or none."""

    columns: int = 48
    dots: int = 576
    page: CodePage = CP1252
    cut: str = "partial"
    qr: str = "native"
    feed_before_cut: int = 4
    drawer_pin: int = 2
    status: str = "dle_eot"
    logos: Mapping[str, Logo] = field(default_factory=dict)
    images: Mapping[str, bytes] = field(default_factory=dict)  # the same logos as files, for papers that are drawn
    text_mode: str = "codepage"  # or "raster": the whole paper as a picture (bridge/escpos/pictures.py)


@dataclass(frozen=True, slots=True)
class Rendered:
    data: bytes
    lost: int  # characters the code page could not show


def _style(row: Row) -> bytes:
    return b"\x1bE" + (b"\x01" if row.bold else b"\x00") + b"\x1d!" + (b"\x11" if row.double else b"\x00")


def _qr(text: str) -> bytes:
    data = text.encode("utf-8")
    if not 0 < len(data) <= QR_BYTES:
        raise ValueError(f"a QR code holds 1 to {QR_BYTES} bytes, not {len(data)}")
    size = len(data) + 3
    return (
        b"\x1ba\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1"
        + b"\x1d(k" + bytes((size & 255, size >> 8)) + b"1P0" + data
        + b"\x1d(k\x03\x001Q0\n\x1ba\x00"
    )  # fmt: skip


def _barcode(kind: str, text: str) -> bytes:
    """Code 128 set B, EAN-13 or EAN-8, human-readable below. Raises ValueError for what the symbol cannot carry."""
    modules_of(kind, text)  # refuses a wrong check digit, which a printer would silently replace
    if kind == "code128":
        symbol, data = 0x49, b"{B" + text.encode("ascii").replace(b"{", b"{{")
    else:
        symbol, data = (0x43 if kind == "ean13" else 0x44), text.encode("ascii")
    return b"\x1ba\x01\x1dh\x50\x1dw\x02\x1dH\x02\x1dk" + bytes((symbol, len(data))) + data + b"\n\x1ba\x00"


def raster_rows(logo: Logo) -> bytes:
    """A picture in the middle of the paper, in slices that small buffers hold."""
    out = bytearray(b"\x1ba\x01")
    for first in range(0, logo.rows, SLICE_ROWS):
        rows = min(SLICE_ROWS, logo.rows - first)
        piece = logo.data[first * logo.width_bytes : (first + rows) * logo.width_bytes]
        out += b"\x1dv0\x00" + bytes((logo.width_bytes & 255, logo.width_bytes >> 8, rows & 255, rows >> 8)) + piece
    return bytes(out) + b"\x1ba\x00"


def cut_paper(profile: Profile) -> bytes:
    """Feeds what stands between head and cutter, then cuts as the printer can."""
    feed = b"\x1bd" + bytes((profile.feed_before_cut,))
    return feed + {"partial": b"\x1dV\x01", "full": b"\x1dV\x00"}.get(profile.cut, b"")


def _picture(block: Mapping[str, Any], profile: Profile) -> bytes:
    kind = block["t"]
    if kind == "feed":
        return b"\x1bd" + bytes((min(255, max(0, block["n"])),))
    if kind == "cut":
        return cut_paper(profile)
    if kind == "barcode":
        return _barcode(block["kind"], block["s"])
    if kind == "qr":
        return _qr(block["s"]) if profile.qr == "native" else encode(block["s"], page=profile.page).data + b"\n"
    logo = profile.logos.get(block["name"])
    return raster_rows(logo) if logo is not None and logo.width_bytes * 8 <= profile.dots else b""


def _is_swallowed(item: Row | Picture, after: Row | Picture | None, fed: int) -> bool:
    """A feed just before the cut is part of what the cutter needs anyway: not fed twice."""
    return (
        isinstance(item, Picture)
        and item.block["t"] == "feed"
        and item.block["n"] <= fed
        and isinstance(after, Picture)
        and after.block["t"] == "cut"
    )


class _Speller:
    """Texts as the page of a printer can say them, one byte a character, counting what is lost."""

    def __init__(self, page: CodePage) -> None:
        self.page = page
        self.lost = 0

    def spell(self, text: str) -> str:
        said = encode(text, page=self.page)
        self.lost += said.lost
        return said.data.decode(self.page.codec)


def render(document: Mapping[str, Any], *, profile: Profile) -> Rendered:
    """Everything a printer needs for one paper: reset, code page, rows, pictures, cut. No drawer pulse.

    Raises ValueError for a document that is not understood. Replacements that lengthen a text (`œ` to `oe`) are made
    before the rows are laid out: no row is ever wider than the paper, and no amount is cut.
    """
    out = bytearray(INIT + b"\x1bR\x00\x1bt" + bytes((profile.page.number,)))
    speller = _Speller(profile.page)
    style = _style(Row(""))
    items = lay_out(document, columns=profile.columns, spell=speller.spell)
    for item, after in zip(items, [*items[1:], None], strict=True):
        if _is_swallowed(item, after, profile.feed_before_cut):
            continue
        if isinstance(item, Picture):
            out += _picture(item.block, profile)
            continue
        if (wanted := _style(item)) != style:
            out += wanted
            style = wanted
        out += encode(item.text, page=profile.page).data + b"\n"
    return Rendered(bytes(out), speller.lost)

"""A paper as a PDF on an 80 mm roll, as long as it needs to be: same words, same order, fonts inside.

Typst draws it with the fonts it carries, so that the same paper gives the same bytes on every machine.
"""

import functools
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import typst

from comptoir.exchange.receipts.layout import printable
from comptoir.exchange.receipts.symbols import barcode_svg, qr_svg

_KNOWN = frozenset(("text", "row", "cols", "rule", "image", "qr", "barcode", "feed", "cut"))
_EPOCH = 0  # the date of a paper is in its words; a PDF that changes at each print could not be compared


@functools.cache
def _template() -> bytes:
    return files(__package__).joinpath("receipt.typ").read_bytes()


@functools.cache
def _fonts(*, system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system)


def _picture(block: Mapping[str, Any], images: Mapping[str, bytes]) -> dict[str, Any] | None:
    if block["t"] == "image":
        octets = images.get(block["name"])
        return (
            None
            if octets is None
            else {"svg": None, "octets": list(octets), "format": "jpg" if octets[:2] == b"\xff\xd8" else "png"}
        )
    drawn = qr_svg(block["s"]) if block["t"] == "qr" else barcode_svg(block["kind"], block["s"])
    return {"svg": drawn, "octets": None, "format": "svg"}


def _given(document: Mapping[str, Any], images: Mapping[str, bytes]) -> dict[str, Any]:
    blocks, pictures = [], []
    for block in document["blocks"]:
        if block["t"] not in _KNOWN:
            raise ValueError(f"unknown block: {block['t']!r}")
        block = {key: printable(value) if key in ("s", "l", "r") else value for key, value in block.items()}
        if "c" in block:
            block["c"] = [printable(cell) for cell in block["c"]]
        if block["t"] in ("image", "qr", "barcode"):
            drawn = _picture(block, images)
            block["picture"] = None if drawn is None else len(pictures)
            if drawn is not None:
                pictures.append(drawn)
        blocks.append(block)
    return {"lang": document.get("lang", "fr"), "blocks": blocks, "pictures": pictures}


def _compiler(
    document: Mapping[str, Any], *, images: Mapping[str, bytes] | None, system_fonts: bool, **shape: Any
) -> typst.Compiler:
    if document.get("format") != "receipt/1":
        raise ValueError(f"unknown receipt format: {document.get('format')!r}")
    return typst.Compiler(
        input=_template(),
        font_paths=_fonts(system=system_fonts),
        ignore_system_fonts=not system_fonts,
        sys_inputs={"paper": json.dumps(shape | _given(document, images or {}))},
    )


def as_pdf(document: Mapping[str, Any], *, title: str = "Ticket", images: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF, on a roll of 80 mm. `images` gives the PNG of each named picture; those without one are left out.

    Raises ValueError for a document of another format or with an unknown block.
    """
    compiler = _compiler(document, images=images, system_fonts=False, title=title, width_mm=80, margin_mm=4)
    drawn = compiler.compile(format="pdf", timestamp=_EPOCH)
    assert isinstance(drawn, bytes)
    return drawn


def as_picture(document: Mapping[str, Any], *, dots: int, images: Mapping[str, bytes] | None = None) -> bytes:
    """The paper as a PNG exactly `dots` wide, for printers whose characters cannot be trusted. Fonts of the machine
    stand in for letters that ours lacks. Raises ValueError as `as_pdf` does."""
    compiler = _compiler(document, images=images, system_fonts=True, title="", width_mm=72, margin_mm=0)
    drawn = compiler.compile(format="png", ppi=dots / 72 * 25.4)
    assert isinstance(drawn, bytes)
    return drawn

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
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _picture(block: Mapping[str, Any], images: Mapping[str, bytes]) -> dict[str, Any] | None:
    if block["t"] == "image":
        octets = images.get(block["name"])
        return None if octets is None else {"svg": None, "octets": list(octets), "format": "png"}
    drawn = qr_svg(block["s"]) if block["t"] == "qr" else barcode_svg(block["kind"], block["s"])
    return {"svg": drawn, "octets": None, "format": "svg"}


def _given(document: Mapping[str, Any], title: str, images: Mapping[str, bytes]) -> str:
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
    return json.dumps({"lang": document.get("lang", "fr"), "title": title, "blocks": blocks, "pictures": pictures})


def as_pdf(document: Mapping[str, Any], *, title: str = "Ticket", images: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF. `images` gives the PNG of each named picture; those without one are left out.

    Raises ValueError for a document of another format or with an unknown block.
    """
    if document.get("format") != "receipt/1":
        raise ValueError(f"unknown receipt format: {document.get('format')!r}")
    compiler = typst.Compiler(
        input=_template(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": _given(document, title, images or {})},
    )
    drawn = compiler.compile(format="pdf", timestamp=_EPOCH)
    assert isinstance(drawn, bytes)
    return drawn

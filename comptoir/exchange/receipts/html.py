"""A paper as a piece of HTML for the office, a mail or a customer's screen: same words, same order.

Everything is escaped and nothing is styled in place, so that it stands under a strict content policy; the look is that
of the classes (`receipt`, `receipt-row`, …).
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from comptoir.exchange.receipts.layout import printable
from comptoir.exchange.receipts.symbols import barcode_svg, qr_svg

_ALIGNED = {"l": "", "c": " receipt-centre", "r": " receipt-right"}


def _shown(text: str) -> str:
    return escape(printable(text))


def _classes(name: str, block: Mapping[str, Any]) -> str:
    styles = "".join(f" receipt-{style}" for style in block.get("style") or () if style in ("bold", "double"))
    return f"{name}{_ALIGNED.get(block.get('align', 'l'), '')}{styles}"


def _image(block: Mapping[str, Any], images: Mapping[str, str]) -> str:
    address = images.get(block["name"])
    return "" if address is None else f'<img class="receipt-image" src="{escape(address)}" alt="">'


def _text(block: Mapping[str, Any], images: Mapping[str, str]) -> str:
    return f'<p class="{_classes("receipt-text", block)}">{_shown(block["s"])}</p>'


def _row(block: Mapping[str, Any], images: Mapping[str, str]) -> str:
    left, right = _shown(block["l"]), _shown(block["r"])
    return f'<p class="{_classes("receipt-row", block)}"><span>{left}</span> <span>{right}</span></p>'


def _cols(block: Mapping[str, Any], images: Mapping[str, str]) -> str:
    cells = " ".join(f"<span>{_shown(cell)}</span>" for cell in block["c"])
    return f'<p class="receipt-cols receipt-cols-{len(block["c"])}">{cells}</p>'


def _qr(block: Mapping[str, Any], images: Mapping[str, str]) -> str:
    return f'<div class="receipt-symbol receipt-qr">{qr_svg(block["s"])}</div>'


def _barcode(block: Mapping[str, Any], images: Mapping[str, str]) -> str:
    drawn = barcode_svg(block["kind"], block["s"])
    return f'<div class="receipt-symbol receipt-barcode">{drawn}<p>{_shown(block["s"])}</p></div>'


_DRAWN: dict[str, Callable[[Mapping[str, Any], Mapping[str, str]], str]] = {
    "text": _text,
    "row": _row,
    "cols": _cols,
    "qr": _qr,
    "barcode": _barcode,
    "image": _image,
    "rule": lambda block, images: "<hr>",
    "feed": lambda block, images: "",
    "cut": lambda block, images: "",
}


def as_html(document: Mapping[str, Any], *, images: Mapping[str, str] | None = None) -> str:
    """An `<article class="receipt">`. `images` gives the address of each named picture; those without one are left out.

    Raises ValueError for a document of another format or with an unknown block.
    """
    if document.get("format") != "receipt/1":
        raise ValueError(f"unknown receipt format: {document.get('format')!r}")
    parts = []
    for block in document["blocks"]:
        draw = _DRAWN.get(block["t"])
        if draw is None:
            raise ValueError(f"unknown block: {block['t']!r}")
        parts.append(draw(block, images or {}))
    lang = escape(document.get("lang", "fr"))
    return f'<article class="receipt" lang="{lang}">\n' + "\n".join(part for part in parts if part) + "\n</article>\n"

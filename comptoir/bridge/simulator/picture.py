"""The paper of the simulated printer as a picture, for people and for the readers of barcodes."""

import io
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import typst
from PIL import Image

from comptoir.bridge.simulator.interpreter import Item, Line, Mark, Raster, Symbol
from comptoir.exchange.receipts.symbols import barcode_svg, modules_of, qr_svg

_QUIET = 20  # modules of white that barcode_svg puts around, both sides together


def _raster_png(raster: Raster) -> bytes:
    size = (raster.width_bytes * 8, raster.rows)
    drawn = Image.frombytes("1", size, bytes(byte ^ 0xFF for byte in raster.data))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def _drawn(item: Symbol | Raster) -> list[dict[str, Any]]:
    if isinstance(item, Raster):
        octets = list(_raster_png(item))
        return [_picture(item.align, item.width_bytes * 8, octets=octets, format="png")]
    if item.kind == "qr":
        svg = qr_svg(item.text)
        modules = int(svg.split('width="', 1)[1].split('"', 1)[0])
        return [_picture(item.align, modules * item.dots, svg=svg)]
    modules = len(modules_of(item.kind, item.text)) + _QUIET
    svg = barcode_svg(item.kind, item.text, height=max(1, item.height // item.dots))
    return [_picture(item.align, modules * item.dots, svg=svg), _row(Line(item.text, item.align))]


def _picture(align: str, width: int, **more: Any) -> dict[str, Any]:
    return {"kind": "picture", "align": align, "width": width, "svg": None, "octets": None, "format": "svg"} | more


def _row(line: Line) -> dict[str, Any]:
    return {
        "kind": "line", "text": line.text, "align": line.align, "bold": line.bold, "wide": line.wide, "high": line.high
    }  # fmt: skip


def _given(item: Item) -> list[dict[str, Any]]:
    if isinstance(item, Line):
        return [_row(item)]
    if isinstance(item, Mark):
        return [] if item.kind == "init" else [{"kind": item.kind, "lines": item.value}]
    return _drawn(item)


def as_png(items: Sequence[Item], *, dots: int = 576) -> bytes:
    """The paper as a PNG, one pixel a dot, with a margin all around."""
    paper = json.dumps({"dots": dots, "items": [part for item in items for part in _given(item)]})
    compiler = typst.Compiler(
        input=files(__package__).joinpath("paper.typ").read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
        sys_inputs={"paper": paper},
    )
    drawn = compiler.compile(format="png", ppi=72)
    assert isinstance(drawn, bytes)
    return drawn

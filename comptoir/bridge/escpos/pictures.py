"""Pictures for a thermal printer: a logo from its PNG, or a whole paper drawn dot by dot.

A paper drawn as a picture needs no code page: it is the way out for printers whose pages cannot be trusted and for names
that no Western page holds. It sends some twenty times more bytes, so it is a choice of the printer's settings.
"""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, UnidentifiedImageError

from comptoir.bridge.escpos.emitter import INIT, Logo, Profile, Rendered, cut_paper, raster_rows
from comptoir.exchange.receipts.pdf import as_picture

LARGEST = 4000 * 4000  # dots; a few bytes of PNG can announce a picture that fills the memory
_DARK = 140  # below this grey a dot is burnt; thin strokes of small text stay whole


def _black_and_white(picture: Image.Image) -> Logo:
    grey = picture.convert("L")
    wide = (grey.width + 7) // 8 * 8
    sheet = Image.new("L", (wide, grey.height), 255)
    sheet.paste(grey, (0, 0))
    burnt = sheet.point(lambda value: 255 if value < _DARK else 0).convert("1")
    return Logo(wide // 8, grey.height, burnt.tobytes())


def logo_from(octets: bytes, *, dots: int) -> Logo:
    """A logo on white, made narrower when it is wider than the paper. Raises ValueError for what is no such picture."""
    try:
        with Image.open(io.BytesIO(octets), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > LARGEST:
                raise ValueError("image trop grande")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as reason:
        raise ValueError("image illisible") from reason
    sheet = Image.new("RGBA", picture.size, "white")
    sheet.alpha_composite(picture)
    if sheet.width > dots:
        sheet = sheet.resize((dots, max(1, sheet.height * dots // sheet.width)))
    return _black_and_white(sheet)


def render_drawn(document: Mapping[str, Any], *, profile: Profile) -> Rendered:
    """The same paper as `render`, drawn: reset, picture in slices, cut when the document asks for it. Nothing is lost."""
    with Image.open(io.BytesIO(as_picture(document, dots=profile.dots, images=profile.images))) as drawn:
        paper = _black_and_white(drawn)
    ends = any(block["t"] == "cut" for block in document["blocks"])
    return Rendered(INIT + raster_rows(paper) + (cut_paper(profile) if ends else b""), 0)

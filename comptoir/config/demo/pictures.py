"""Drawn pictures of the demo's articles: a fruit, or a packet with its name; no photograph of anybody's."""

import io
import zlib

from PIL import Image, ImageDraw, ImageFont

from comptoir.config.demo.shelf import Item

SIZE = 480
PAPER = (255, 253, 248)
COLOURS = [(185, 138, 46), (168, 85, 58), (94, 127, 60), (47, 124, 122), (122, 92, 158), (163, 36, 27), (42, 62, 177)]


def picture_of(item: Item) -> bytes:
    """A PNG that depends on the article's name alone."""
    seed = zlib.crc32(item.name.encode())
    colour = COLOURS[seed % len(COLOURS)]
    image = Image.new("RGB", (SIZE, SIZE), tuple(255 - (255 - channel) // 6 for channel in colour))
    draw = ImageDraw.Draw(image)
    if item.unit == "kg":
        _fruit(draw, colour, seed)
    else:
        _packet(draw, colour, item.name)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _fruit(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int], seed: int) -> None:
    wide, tall = 130 + seed % 40, 120 + (seed >> 8) % 50
    for x, y in ((170, 290), (310, 290), (240, 200)):
        draw.ellipse((x - wide // 2, y - tall // 2, x + wide // 2, y + tall // 2), fill=colour, outline=PAPER, width=5)
        draw.line((x, y - tall // 2, x + 14, y - tall // 2 - 30), fill=(87, 80, 68), width=6)


def _packet(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int], name: str) -> None:
    draw.rounded_rectangle((110, 70, 370, 410), radius=22, fill=colour)
    draw.rounded_rectangle((130, 150, 350, 330), radius=12, fill=PAPER)
    font = ImageFont.load_default(size=30)
    lines = _wrapped(name.encode("cp1252", "replace").decode("cp1252"), width=13)[:4]
    for row, line in enumerate(lines):
        draw.text((240, 240 + 36 * (2 * row - len(lines) + 1) // 2), line, fill=(34, 31, 26), font=font, anchor="mm")


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

"""Charts drawn by the server as plain SVG shapes: nothing to load, nothing to run, and the same figures in words."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from comptoir.engine.money import format_scaled

WIDE, NARROW, HEIGHT, FOOT, TOP = 760, 360, 200, 192, 24
BASE = 170
ROOM_FOR_WORDS = (
    36  # a column narrower than this keeps its words for the highest, the current and one name in two or three
)


class Bar(NamedTuple):
    """One column, in cents; `before` is what it is compared with, None when nothing is; `now` marks the current one."""

    name: str
    amount: int
    before: int | None = None
    now: bool = False


def columns_chart(rows: Sequence[Bar], *, widths: tuple[int, ...] = (WIDE, NARROW), before: str = "") -> dict[str, Any]:
    """One column a row, amounts in whole euros above, the compared one pale behind it. Drawn once a width: the page shows
    the one that suits its screen. `before` says in words what the pale columns are."""
    if not any(row.amount or row.before for row in rows):
        return {"bars": []}
    highest = max(1, *(max(row.amount, row.before or 0) for row in rows))
    drawings = [_drawing(rows, width=width, highest=highest) for width in widths]
    said = [f"{row.name} {_whole(row.amount)} €" + _compared(row, before) for row in rows]
    return {"drawings": drawings, "bars": drawings[0]["bars"], "summary": ", ".join(said)}


def _compared(row: Bar, before: str) -> str:
    return "" if row.before is None else f" ({before} {_whole(row.before)} €)"


def _drawing(rows: Sequence[Bar], *, width: int, highest: int) -> dict[str, Any]:
    step = width // len(rows)
    wide = min(48, step * 2 // 3)
    tight = step < ROOM_FOR_WORDS
    top_one = max(range(len(rows)), key=lambda place: rows[place].amount)
    every = 1 if not tight else 2 if step > ROOM_FOR_WORDS // 2 else 3
    bars = []
    for place, row in enumerate(rows):
        tall, middle = _tall(row.amount, highest), place * step + step // 2
        ghost = _tall(row.before or 0, highest)
        bars.append({
            "x": middle - wide // 2, "y": BASE - tall, "w": wide, "h": tall, "middle": middle, "label_y": BASE - tall - 6,
            "ghost_x": middle - wide // 2 - 4, "ghost_y": BASE - ghost, "ghost_w": wide + 8, "ghost_h": ghost,
            "value": _whole(row.amount) if row.amount and (not tight or place == top_one or row.now) else "",
            "name": row.name if place % every == 0 or row.now else "", "now": row.now,
        })  # fmt: skip
    size = "wide" if width > NARROW else "narrow"
    return {"width": width, "height": HEIGHT, "foot": FOOT, "lines": [BASE], "bars": bars, "size": size}


def _tall(amount: int, highest: int) -> int:
    return max(amount, 0) * (BASE - TOP) // highest


def _whole(amount_minor: int) -> str:
    return format_scaled(euros(amount_minor), 0, 0)


def euros(amount_minor: int) -> int:
    """Cents to the nearest euro, half away from zero: for the labels of a chart alone."""
    size = (abs(amount_minor) + 50) // 100
    return -size if amount_minor < 0 else size

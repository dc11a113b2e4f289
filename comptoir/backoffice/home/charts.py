"""Charts drawn by the server as plain SVG shapes: nothing to load, nothing to run."""

from typing import Any

from comptoir.engine.money import format_scaled

WIDTH, HEIGHT, FOOT, TOP = 760, 200, 192, 24
BASE = 170


def columns_chart(rows: list[tuple[str, int, bool]], *, width: int = WIDTH) -> dict[str, Any]:
    """One column a row (name, cents, whether it is the current one); amounts in whole euros above."""
    if not rows or not any(amount for _name, amount, _now in rows):
        return {"bars": []}
    highest = max(max(amount for _name, amount, _now in rows), 1)
    step = width // len(rows)
    wide = min(48, step * 2 // 3)
    bars = []
    for index, (name, amount, now) in enumerate(rows):
        tall = max(amount, 0) * (BASE - TOP) // highest
        middle = index * step + step // 2
        bars.append({
            "x": middle - wide // 2, "y": BASE - tall, "w": wide, "h": tall, "middle": middle, "label_y": BASE - tall - 6,
            "value": format_scaled(euros(amount), 0, 0), "name": name, "now": now,
        })  # fmt: skip
    summary = ", ".join(f"{bar['name']} {bar['value']} €" for bar in bars)
    return {"width": width, "height": HEIGHT, "foot": FOOT, "lines": [BASE], "bars": bars, "summary": summary}


def euros(amount_minor: int) -> int:
    """Cents to the nearest euro, half away from zero: for the labels of a chart alone."""
    size = (abs(amount_minor) + 50) // 100
    return -size if amount_minor < 0 else size

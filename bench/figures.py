"""Figures with their limits, the machine they came from, and how both are shown and kept."""

import json
import os
import platform
import sqlite3
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

BUILD = Path(__file__).resolve().parents[1] / "build"


class Figure(NamedTuple):
    """One measured value. `limit` is what the project promises: `≥ 0.35`, `≤ 16`, or nothing for what is only shown."""

    section: str
    name: str
    value: int | str
    unit: str
    limit: str = ""
    holds: bool | None = None
    note: str = ""


def at_least(section: str, name: str, value: int, *, unit: str, limit: int, note: str = "") -> Figure:
    return Figure(section, name, value, unit, f"≥ {limit}", value >= limit, note)


def at_most(section: str, name: str, value: int, *, unit: str, limit: int, note: str = "") -> Figure:
    return Figure(section, name, value, unit, f"≤ {limit}", value <= limit, note)


def ratio(section: str, name: str, part: int, whole: int, *, limit_percent: int, note: str = "") -> Figure:
    """`part` of `whole`, in hundredths, beside its limit."""
    hundredths = part * 100 // max(1, whole)
    return Figure(
        section, name, hundredths_text(hundredths), "×", f"≥ {hundredths_text(limit_percent)}",
        hundredths >= limit_percent, note,
    )  # fmt: skip


def hundredths_text(value: int) -> str:
    return f"{value // 100}.{value % 100:02d}"


def machine() -> dict[str, Any]:
    """What a reader must know to compare."""
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    system = next(
        (line.split("=")[1].strip('"\n') for line in _lines("/etc/os-release") if line.startswith("PRETTY")), "?"
    )
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "processor": model, "cores": os.cpu_count(),
        "memory_mb": memory, "system": system, "kernel": platform.release(), "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version, "openssl": ssl.OPENSSL_VERSION, "load": [f"{x:.1f}" for x in os.getloadavg()],
        "commit": _commit(),
    }  # fmt: skip


def shown(figures: list[Figure]) -> str:
    rows = [("", "figure", "value", "unit", "limit", "", "note")]
    for one in figures:
        verdict = {True: "holds", False: "FAILS", None: ""}[one.holds]
        rows.append((one.section, one.name, str(one.value), one.unit, one.limit, verdict, one.note))
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    return "\n".join(
        "  ".join(cell.rjust(widths[i]) if i == 2 else cell.ljust(widths[i]) for i, cell in enumerate(row[:6]))
        + f"  {row[6]}"
        for row in rows
    )


def keep(figures: list[Figure]) -> None:
    """build/bench.json, and build/bench.md whose table goes into docs/developer/performance.md."""
    BUILD.mkdir(exist_ok=True)
    told = machine()
    value = {"machine": told, "figures": [one._asdict() for one in figures]}
    (BUILD / "bench.json").write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    lines = ["| figure | value | limit | |", "|---|---|---|---|"]
    section = ""
    for one in figures:
        if one.section != section:
            section = one.section
            lines.append(f"| **{section}** | | | |")
        verdict = {True: "holds", False: "**fails**", None: ""}[one.holds]
        note = f" ({one.note})" if one.note else ""
        lines.append(f"| {one.name}{note} | {one.value} {one.unit} | {one.limit} | {verdict} |")
    where = ", ".join(f"{key} {item}" for key, item in told.items())
    (BUILD / "bench.md").write_text("\n".join(lines) + f"\n\nMachine: {where}.\n", encoding="utf-8")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip()

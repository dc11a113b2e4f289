"""What the books of the year are held against: every number here and in its callers was added up by hand."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from tests.scenarios.year.shop import SLUG, Year


def check_z(
    year: Year, number: int, *, day: str, tickets: int, total: int, vat: dict[int, tuple[int, int]], tenders: dict[str, int],
    perpetual: tuple[int, int], **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """The Z that the server holds. `vat` is rate -> (VAT, TTC); `perpetual` the algebraic and the absolute total; `more` names
    other figures of its report, such as `refund=(1, -8_00)` (how many, how much) or `drawer_openings=1`."""
    year.wait_for(lambda: number in z_numbers(year))
    z = next(one for one in year.sealed("z", slug=SLUG) if one["seq"] == number)
    report = z["report"]
    assert (z["business_date"], report["tickets"]["count"], z["total_minor"]) == (day, tickets, total)
    assert {row["vat_e4"]: (row["vat_minor"], row["gross_minor"]) for row in report["vat"]} == vat
    assert {row["code"]: row["amount_minor"] for row in report["tenders"] if row["amount_minor"]} == tenders
    assert (z["perpetual_algebraic_minor"], z["perpetual_absolute_minor"]) == perpetual
    said = {
        key: (report[key]["count"], report[key]["amount_minor"]) if isinstance(value, tuple) else report[key]
        for key, value in more.items()
    }
    assert said == more
    assert all(row["difference_minor"] == 0 for row in z["differences"])
    return z


def z_numbers(year: Year) -> list[int]:
    """The Z that the server holds."""
    return [one["seq"] for one in year.sealed("z", slug=SLUG)]


def sound(year: Year) -> None:
    """Every chain, every sum, every anchor."""
    done = year.command("verify", SLUG, "--anchors")
    assert done.returncode == 0, done.stdout + done.stderr


def verified_in_a_bare_python(archive: Path, folder: Path, *, code: int = 0) -> str:
    """`verify.py` of the archive itself, where nothing but Python's own library can be imported. What it says, having ended
    with this code."""
    folder.mkdir()
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(folder)
    [program] = folder.rglob("verify.py")
    bare = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [Path(sys.base_prefix) / "bin" / "python3", "-I", "-S", program.name],
        cwd=program.parent, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout

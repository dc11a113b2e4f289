"""Country packs: what the law of a country fixes, as dated data. The code holds no rate, cap or mention of its own.

A file `packs/be.json` in the data folder takes the place of the one shipped: a law may change faster than a version is
installed. Its own version is sealed in the records. The last day of a period is inside it.
Sources and confidence of each figure: docs/decisions/0026-country-packs.md.
"""

import json
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

_FOLDER = Path(__file__).parent


class PackGap(LookupError):
    """A country pack says nothing for the asked date or zone."""


def pack(country: str) -> dict[str, Any]:
    """The pack of a country ("FR", "BE"); raises PackGap for another."""
    if country not in ("FR", "BE"):
        raise PackGap(f"no pack for {country}")
    name = f"{country.lower()}.json"
    own = settings.DATA_FOLDER() / "packs" / name
    return _read(own if own.is_file() else _FOLDER / name)


@cache
def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def pack_version(country: str) -> str:
    """Name and version, as sealed in the records: "fr/2026.1"."""
    data = pack(country)
    return f"{data['pack']}/{data['version']}"


def in_force(rows: list[dict[str, Any]], on: date) -> list[dict[str, Any]]:
    """The rows whose period holds a date; ISO dates compare as text."""
    day = on.isoformat()
    return [row for row in rows if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])]


def vat_rates(country: str, *, zone: str, on: date) -> list[dict[str, Any]]:
    """The rates of a zone on a date, highest first: code, label, rate_e4. Raises PackGap for an unknown zone."""
    data = pack(country)
    if zone not in data["zones"]:
        raise PackGap(f"no zone {zone} in {country}")
    rows = [row for row in in_force(data["vat_rates"], on) if zone in row["zones"]]
    return sorted(rows, key=lambda row: (-row["rate_e4"], row["code"]))


def vat_changes(country: str, *, zone: str, since: date) -> list[dict[str, Any]]:
    """Rates of a zone that another replaces from a day on, oldest first: `{"from", "old_e4", "new_e4"}`, from after `since`.

    A sale takes the rate of the day on which it is finalised (CGI art. 269, Code TVA art. 16 and 17): goods of the old rate
    sold from that day at midnight, local time, bear the new one."""
    rows = [row for row in pack(country)["vat_rates"] if zone in row["zones"]]
    rows.sort(key=lambda row: (row["code"], row["valid_from"]))
    found = [
        {"from": after["valid_from"], "old_e4": before["rate_e4"], "new_e4": after["rate_e4"]}
        for before, after in pairwise(rows)
        if before["code"] == after["code"] and before["rate_e4"] != after["rate_e4"]
        and after["valid_from"] > since.isoformat()
    ]  # fmt: skip
    return sorted(found, key=lambda change: (change["from"], change["old_e4"]))


def rate_on(vat_e4: int | None, *, day: str, changes: list[dict[str, Any]]) -> int | None:
    """The rate that goods of this rate bear on a day (ISO text)."""
    for start in sorted({change["from"] for change in changes if change["from"] <= day}):
        same_day = {change["old_e4"]: change["new_e4"] for change in changes if change["from"] == start}
        vat_e4 = same_day.get(vat_e4, vat_e4)
    return vat_e4


def cash_rounding(country: str, *, on: date) -> str:
    """ "none" or "be5" (nearest 5 cents on the cash part of the total)."""
    return _only(country, "cash_rounding", on)["rule"]


def meal_voucher_cap_minor(country: str, *, on: date) -> int | None:
    """The most that meal vouchers may pay in a day, in cents; None where the law sets no cap."""
    return _only(country, "meal_voucher", on)["cap_minor"]


def print_policy(country: str, *, on: date) -> str:
    """ "on_demand" where printing by default is forbidden, otherwise "always"."""
    return _only(country, "print_policy", on)["policy"]


def mention(country: str, *, code: str, lang: str, on: date) -> str:
    """The words that the law asks for, in the language of the shop (French where the pack has no other); empty when the
    country asks for none on that day."""
    rows = [row for row in in_force(pack(country)["mentions"], on) if row["code"] == code]
    return rows[0].get(f"text_{lang}", rows[0]["text"]) if rows else ""


def _only(country: str, table: str, on: date) -> dict[str, Any]:
    rows = in_force(pack(country)[table], on)
    if len(rows) != 1:
        raise PackGap(f"{table} of {country} on {on}: {len(rows)} rows")
    return rows[0]

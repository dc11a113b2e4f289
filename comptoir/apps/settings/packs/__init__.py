"""Country packs: what the law of a country fixes, as dated data. The code holds no rate, cap or mention of its own.

The last day of a period is inside it. Sources and confidence of each figure: docs/decisions/0026-country-packs.md.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


class PackGap(LookupError):
    """A country pack says nothing for the asked date or zone."""


@cache
def pack(country: str) -> dict[str, Any]:
    """The pack of a country ("FR", "BE"); raises PackGap for another."""
    path = _FOLDER / f"{country.lower()}.json"
    if country not in ("FR", "BE"):
        raise PackGap(f"no pack for {country}")
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

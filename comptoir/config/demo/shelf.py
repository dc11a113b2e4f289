"""Reads what is on the shelves of the demo shop: shelf.txt and people.txt, beside this file."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent

FAMILIES = {
    "boul": ("Boulangerie", 1),
    "cremerie": ("Crèmerie", 2),
    "fruits": ("Fruits et légumes", 3),
    "coupe": ("À la coupe", 2),
    "epicerie": ("Épicerie", 4),
    "boissons": ("Boissons", 4),
    "maison": ("Maison", 6),
    "cadeaux": ("Cadeaux", 5),
    "presse": ("Presse", 6),
    "livres": ("Livres", 5),
}


class Item(NamedTuple):
    code: str
    name: str
    family: str
    vat_e4: int
    price_minor: int
    unit: str
    meal_voucher: bool
    barcode: str


def shelf() -> Iterator[Item]:
    """Every article of the shop; codes and barcodes follow the order of the file, so they never change."""
    number = 0
    for line in _lines("shelf.txt"):
        family, vat, meal, unit, wares = (part.strip() for part in line.split(";"))
        for ware in wares.split(", "):
            name, _, price = ware.rpartition("=")
            number += 1
            barcode = f"26{number:05d}000000"[:12] if unit == "kg" else f"3790{number:08d}"
            yield Item(
                f"{number:04d}", name.strip(), family, int(vat), int(price), unit, meal == "m", with_check(barcode)
            )


def customers() -> list[str]:
    return list(_lines("people.txt"))


def with_check(twelve: str) -> str:
    """An EAN-13 from its first twelve digits."""
    weighed = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(twelve))
    return twelve + str(-weighed % 10)


def _lines(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]

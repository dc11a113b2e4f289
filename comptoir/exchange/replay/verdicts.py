"""What each line of a sales file is for a till: a sold line, a returned line, or something that no till does.

The reasons are shown to the person, in French, beside the line's number."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .sales_file import RawLine

DATE_FORMATS = {
    "iso": ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"),
    "mdy": ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%Y"),
    "dmy": ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%y %H:%M", "%d/%m/%Y"),
}
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
_SALE = re.compile(r"\d+", re.ASCII)
_RETURN = re.compile(r"[Cc]\d+", re.ASCII)
MAX_QUANTITY_MILLI = 10**9
MAX_PRICE_E4 = 10**12
MAX_LINE_MINOR = 10**13
NOISE = Decimal("0.0000000001")  # what binary floating point adds to a number written with two decimals
LABEL_CHARACTERS = 120


class SaleLine(NamedTuple):
    """A line that a till can sell. Quantity is negative for a return."""

    file: int
    line: int
    invoice: str
    refund: bool
    at: datetime  # local wall time
    label: str
    quantity_milli: int
    unit_price_e4: int


class NotASale(Exception):
    """Why this line could not be a sale; the message is for the person."""


def judge(raw: RawLine, *, formats: tuple[str, ...]) -> SaleLine:
    """The line as a till would take it; raises NotASale with its reason."""
    if not raw.whole:
        raise NotASale("la ligne n’a pas le nombre de cellules attendu.")
    refund = _is_refund(raw.invoice)
    at = read_date(raw.date, formats=formats)
    quantity = _scaled(raw.quantity, places=3, what="la quantité")
    price = _scaled(raw.price, places=4, what="le prix")
    if quantity == 0:
        raise NotASale("la quantité est nulle.")
    if price < 0:
        raise NotASale("le prix est négatif : une écriture comptable, pas une vente.")
    if price == 0 and not (quantity > 0 and not refund and raw.description and raw.customer):
        raise NotASale("le prix est nul sans client ou sans désignation : un mouvement de stock, pas une vente."
                       if quantity > 0 else "le prix est nul : une sortie de stock, pas un retour payé.")  # fmt: skip
    if refund and quantity > 0:
        raise NotASale("la quantité est positive sur un avoir : on ne sait si la marchandise entre ou sort.")
    if abs(quantity) > MAX_QUANTITY_MILLI or price > MAX_PRICE_E4:
        raise NotASale("la quantité ou le prix dépasse ce qu’une caisse accepte.")
    if abs(quantity) * price // 10**5 > MAX_LINE_MINOR:
        raise NotASale("le montant de la ligne dépasse ce qu’une caisse accepte.")
    return SaleLine(raw.file, raw.line, raw.invoice.upper(), refund, at, label_of(raw), quantity, price)


def _is_refund(invoice: str) -> bool:
    if not invoice:
        raise NotASale("le numéro de facture manque.")
    if _SALE.fullmatch(invoice):
        return False
    if _RETURN.fullmatch(invoice):
        return True
    raise NotASale("le numéro n’est ni celui d’une vente ni celui d’un retour : une écriture comptable.")


@lru_cache(maxsize=4_096)  # the lines of an invoice share their date
def read_date(text: str, *, formats: tuple[str, ...]) -> datetime:
    for wanted in formats:
        try:
            at = datetime.strptime(text, wanted)
        except ValueError:
            continue
        if not 2000 <= at.year <= 2099:
            raise NotASale("la date est hors du siècle.")
        return at
    raise NotASale("la date manque." if not text else "la date ne se lit pas.")


def _scaled(text: str, *, places: int, what: str) -> int:
    if not text:
        raise NotASale(f"{what} manque.")
    if not _NUMBER.fullmatch(text):
        raise NotASale(f"{what} n’est pas un nombre.")
    exact = Decimal(text).scaleb(places)
    whole = exact.to_integral_value()
    if abs(exact - whole) > NOISE.scaleb(places):
        raise NotASale(f"{what} a plus de {places} décimales.")
    return int(whole)


def label_of(raw: RawLine) -> str:
    text = unicodedata.normalize("NFC", raw.description or raw.code or "Article")
    flat = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(flat.split())[:LABEL_CHARACTERS] or "Article"


class DateOrder:
    """Finds out whether 12/1/2010 is December or January, from all dates of the files."""

    MOST = 20_000  # distinct days: more than fifty years

    def __init__(self) -> None:
        self._days: set[str] = set()

    def see(self, text: str) -> None:
        day = text.split(" ")[0]
        if "/" in day and len(self._days) < self.MOST:
            self._days.add(day)

    def formats(self, *, wanted: str | None = None) -> tuple[str, ...]:
        """The formats to try: `wanted` when told, else ISO and the order that fits the slashed dates better."""
        if wanted:
            return DATE_FORMATS[wanted]
        if not self._days:
            return DATE_FORMATS["iso"]
        slashed = min(("mdy", "dmy"), key=self._misfit)  # equal: months first, as in the published file
        return DATE_FORMATS["iso"] + DATE_FORMATS[slashed]

    def _misfit(self, order: str) -> tuple[int, int]:
        """Days that this order cannot read; then how far apart are those it can: a shop sells day after day."""
        read = []
        for day in self._days:
            try:
                read.append(read_date(day, formats=DATE_FORMATS[order][-1:] + _SHORT[order]))
            except NotASale:
                continue
        span = (max(read) - min(read)).days if read else 0
        return len(self._days) - len(read), span


_SHORT = {"mdy": ("%m/%d/%y",), "dmy": ("%d/%m/%y",)}

"""Cells read as prices, rates, codes and names. A reader returns the value or raises ValueReason in French."""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from stdnum import ean

from comptoir.apps.catalog.naming import CODE_CHARACTERS, CatalogRefused, clean_code, clean_name

MAX_PRICE_E4 = 10_000_000_000  # one million euros
_SPACES = str.maketrans("", "", " \u00a0\u202f'\u2019")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T].*)?", re.ASCII)
_POWER = re.compile(r"\d([.,]\d+[eE]\+?|[eE]\+)\d+", re.ASCII)  # 3,25856E+12; 1E5 may be a code


class ValueReason(ValueError):
    """Why a cell cannot be taken; the message is for the person."""


def read_decimal(text: str) -> Decimal:
    """A number as shopkeepers write it: `3,45`, `1 234,50 €`, `1.234,50`, `1,234.50`."""
    bare = text.translate(_SPACES).removesuffix("€").removeprefix("€").removesuffix("EUR").removesuffix("eur")
    bare = bare.replace("\u2212", "-")
    if "," in bare and "." in bare:
        thousands = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(thousands, "")
    bare = bare.replace(",", ".")
    if not _NUMBER.fullmatch(bare):
        made_a_date = "c’est une date : un tableur l’a mise à la place du nombre."
        raise ValueReason(made_a_date if _DATE.fullmatch(text.strip()) else "ce n’est pas un nombre.")
    try:
        return Decimal(bare)
    except InvalidOperation as cause:
        raise ValueReason("ce n’est pas un nombre.") from cause


def read_price_e4(text: str) -> int:
    """A unit price in ten-thousandths; at most four decimals, so that nothing is rounded behind anybody's back."""
    scaled = read_decimal(text).scaleb(4)
    if scaled != scaled.to_integral_value():
        raise ValueReason("le prix a plus de quatre décimales.")
    if scaled < 0:
        raise ValueReason("le prix est négatif.")
    if scaled > MAX_PRICE_E4:
        raise ValueReason("le prix dépasse un million d’euros.")
    return int(scaled)


def read_vat_e4(text: str, *, rates_e4: frozenset[int]) -> int:
    """A VAT rate: `20`, `5,5 %`, `0.2`. Only a rate of the country at this date is taken."""
    bare = text.strip().removesuffix("%")
    rate = read_decimal(bare)
    scaled = rate.scaleb(2)
    if 0 < rate < 1 and int(rate.scaleb(4)) in rates_e4 and rate.scaleb(4) == int(rate.scaleb(4)):
        scaled = rate.scaleb(4)  # written as a fraction
    if scaled != scaled.to_integral_value() or int(scaled) not in rates_e4:
        known = ", ".join(shown_rate(value) for value in sorted(rates_e4))
        raise ValueReason(f"ce taux de TVA n’existe pas ici (taux connus : {known}).")
    return int(scaled)


def shown_rate(rate_e4: int) -> str:
    """550 -> `5,5 %`."""
    whole, rest = divmod(rate_e4, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole}{',' + decimals if decimals else ''}\u00a0%"


def read_name(text: str) -> str:
    """A name on one line, as the catalogue takes it: tabs and line ends of the cell become spaces."""
    flat = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    flat = " ".join(flat.split())
    if not flat:
        raise ValueReason("le nom est vide.")
    return _as_the_catalogue(clean_name, flat)


def read_family(text: str) -> str:
    return read_name(text.split(",")[0] or "-")[:80]


def read_code(text: str) -> str:
    return _as_the_catalogue(clean_code, text)


def _as_the_catalogue(clean: Callable[[str], str], text: str) -> str:
    try:
        return clean(text)
    except CatalogRefused as refusal:
        reason = str(refusal)
        raise ValueReason(reason[:1].lower() + reason[1:]) from refusal


def read_barcodes(text: str) -> list[str]:
    """Barcodes of a cell, separated by commas, semicolons, bars or spaces; each with its check digit right.

    GTIN-8, 12, 13 and 14 are checked; anything else that is printable ASCII is taken as an internal code."""
    if _POWER.fullmatch(text.strip()):
        raise ValueReason(
            "un tableur a arrondi ce code-barres : mettez la colonne au format texte et reprenez le code."
        )
    codes = [part for part in re.split(r"[,;|/\s]+", text.strip()) if part]
    for code in codes:
        if not code.isascii() or not code.isprintable() or len(code) > CODE_CHARACTERS:
            raise ValueReason("ce code-barres contient des caractères qu’un lecteur ne peut pas lire.")
        if code.isdigit() and len(code) in (8, 12, 13, 14) and not ean.is_valid(code):
            raise ValueReason(
                f"le dernier chiffre de contrôle du code-barres est faux : {ean.calc_check_digit(code[:-1])} attendu."
            )
        if code.isdigit() and len(code) in (9, 10, 11):
            raise ValueReason("un code-barres a 8, 12, 13 ou 14 chiffres ; des zéros ont peut-être été perdus.")
    return list(dict.fromkeys(codes))


UNITS = {
    "": "pce", "pce": "pce", "piece": "pce", "pièce": "pce", "u": "pce", "unite": "pce", "unité": "pce", "pc": "pce",
    "kg": "kg", "kilo": "kg", "kilogramme": "kg", "l": "l", "litre": "l", "m": "m", "metre": "m", "mètre": "m",
}  # fmt: skip


def read_unit(text: str) -> str:
    unit = UNITS.get(text.strip().casefold())
    if unit is None:
        raise ValueReason("cette unité est inconnue (pce, kg, l ou m).")
    return unit


KINDS = {
    "bien": "goods", "goods": "goods", "article": "goods", "au poids": "weighed", "poids": "weighed", "service": "service",
    "consigne": "deposit", "vidange": "deposit", "deposit": "deposit",
}  # fmt: skip


def read_kind(text: str) -> str:
    """The nature of an article, as the office names it."""
    kind = KINDS.get(text.strip().casefold())
    if kind is None:
        raise ValueReason("la nature s’écrit bien, au poids, service ou consigne.")
    return kind


def read_flag(text: str) -> bool:
    word = text.strip().casefold()
    if word in ("", "1", "oui", "yes", "true", "vrai", "actif", "active", "x"):
        return True
    if word in ("0", "non", "no", "false", "faux", "inactif", "draft", "archived"):
        return False
    raise ValueReason("il faut oui ou non.")

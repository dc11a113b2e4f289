"""Cells read as prices, rates, codes and names. A reader returns the value or raises ValueReason in French."""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from stdnum import ean

from comptoir.apps.catalog.naming import CODE_CHARACTERS, CatalogRefused, clean_code, clean_name

MAX_PRICE_E4 = 10_000_000_000  # one million euros
# Between digits, a space or an apostrophe only parts thousands: « 3 45 » is not 345.
_NUMBER = re.compile(
    "([+-]?)[ \u00a0\u202f]*"
    r"(\d{1,15}|\d{1,3}(?P<by>[ \u00a0\u202f'\u2019.,])\d{3}(?:(?P=by)\d{3}){0,3})"
    r"(?:(?!(?P=by))[.,](\d{1,12}))?",
    re.ASCII,
)
PRINTED_GROUPS = ([1, 6, 6], [1, 5, 5, 1])  # of an EAN-13 and of a UPC-A: 3 017620 422003
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T].*)?", re.ASCII)
_POWER = re.compile(r"\d([.,]\d+[eE]\+?|[eE]\+)\d+", re.ASCII)  # 3,25856E+12; 1E5 may be a code
_ROUNDED = re.compile(r"\d[.,]\d+[eE]\+\d+", re.ASCII)
_APOSTROPHE = re.compile(r"'[\d=+-]")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')  # how an export keeps a spreadsheet from taking a code for a number


class ValueReason(ValueError):
    """Why a cell cannot be taken; the message is for the person."""


def bare_text(cell: str) -> str:
    """The content of a cell without outer spaces, nor the `="…"` or the apostrophe that mark it as text."""
    text = cell.strip()
    formula = _TEXT_FORMULA.fullmatch(text)
    if formula:
        return formula.group(1).strip()
    return text[1:] if _APOSTROPHE.match(text) else text


def read_decimal(text: str) -> Decimal:
    """A number as shopkeepers write it: `3,45`, `1 234,50 €`, `1.234,50`, `1,234.50`."""
    bare = text.strip().removesuffix("€").removeprefix("€").removesuffix("EUR").removesuffix("eur").strip()
    number = _NUMBER.fullmatch(bare.replace("\u2212", "-"))
    if number is None:
        made_a_date = "c’est une date : un tableur l’a mise à la place du nombre."
        raise ValueReason(made_a_date if _DATE.fullmatch(text.strip()) else "ce n’est pas un nombre.")
    sign, whole, _by, decimals = number.groups()
    return Decimal(f"{sign}{''.join(filter(str.isdigit, whole))}.{decimals or 0}")


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
    if "\ufffd" in text:
        raise ValueReason("un caractère ne se lit pas : enregistrez le fichier en UTF-8.")
    flat = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    flat = " ".join(flat.split())
    if not flat:
        raise ValueReason("le nom est vide.")
    return _as_the_catalogue(clean_name, flat)


def read_family(text: str) -> str:
    return read_name(text)[:80]


def read_first_family(text: str) -> str:
    return read_family(text.split(",")[0] or "-")


def read_code(text: str) -> str:
    if _ROUNDED.fullmatch(text.strip()):
        raise ValueReason("un tableur a arrondi cette référence : mettez la colonne au format texte et reprenez-la.")
    return _as_the_catalogue(clean_code, text)


def _as_the_catalogue(clean: Callable[[str], str], text: str) -> str:
    try:
        return clean(text)
    except CatalogRefused as refusal:
        reason = str(refusal)
        raise ValueReason(reason[:1].lower() + reason[1:]) from refusal


def _is_gtin(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14) and ean.is_valid(code)


def _scanned(code: str) -> str:
    """What a scanner sends for a code as printed with hyphens, or as a spreadsheet wrote it (`3258561022154.0`)."""
    bare = code.replace("-", "") if code.startswith(("978-", "979-")) else code.removesuffix(".0")
    return bare if _is_gtin(bare) else code


def read_barcodes(text: str) -> list[str]:
    """Barcodes of a cell, separated by commas, semicolons, bars or spaces; each with its check digit right.

    GTIN-8, 12, 13 and 14 are checked; anything else that is printable ASCII is taken as an internal code. One code in
    the groups in which books and packs print it (`978-2-07-036822-8`) is the digits that a scanner sends."""
    if _POWER.fullmatch(text.strip()):
        raise ValueReason(
            "un tableur a arrondi ce code-barres : mettez la colonne au format texte et reprenez le code."
        )
    codes = [_scanned(part) for part in re.split(r"[,;|/\s]+", text.strip()) if part]
    if [len(code) for code in codes] in PRINTED_GROUPS and _is_gtin("".join(codes)):
        codes = ["".join(codes)]
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

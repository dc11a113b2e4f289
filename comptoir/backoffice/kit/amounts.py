"""Amounts as people type them, read into integers. No float on the way."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.engine.money import format_rate, format_scaled

_SHAPE = re.compile(r"(-)?([0-9]{1,12})(?:[.,]([0-9]*))?")
_SPACES = str.maketrans("", "", " \u00a0\u202f€%")


def read_scaled(text: str, *, digits: int) -> int | None:
    """`12,5` with 2 digits is 1250; None when the text is no number or has more decimals than that."""
    match = _SHAPE.fullmatch(text.replace("\u2212", "-").translate(_SPACES))
    if match is None or len(match[3] or "") > digits:
        return None
    value = int(match[2]) * 10**digits + int((match[3] or "").ljust(digits, "0") or "0")
    return -value if match[1] else value


def as_decimal(value: int, *, digits: int) -> Decimal:
    """The exact decimal number of a scaled integer, for spreadsheets."""
    return Decimal(value).scaleb(-digits)


class ScaledField(forms.CharField):
    """A number written the French way, kept as an integer scaled by 10^digits."""

    def __init__(self, *, digits: int, suffix: str = "", least: int = 2, **options: object) -> None:
        self.digits, self.least, self.suffix = digits, least, suffix
        super().__init__(max_length=24, **options)
        self.widget.attrs |= {"inputmode": "decimal", "class": "number", "autocomplete": "off"}

    def prepare_value(self, value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            return format_scaled(value, self.digits, self.least)
        return value

    def clean(self, value: object) -> int | None:
        text = super().clean(value)
        if text == "":
            return None
        number = read_scaled(text, digits=self.digits)
        if number is None:
            raise forms.ValidationError(
                _("« %(text)s » n’est pas un nombre. Écrivez par exemple 12,50."), params={"text": text}
            )
        return number

    def has_changed(self, initial: object, data: object) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class RateField(forms.TypedChoiceField):
    """A VAT rate of the country, in ten-thousandths; empty for what is outside the VAT base."""

    def __init__(self, **options: object) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **options)

    def offer(self, rates: list[int]) -> None:
        self.choices = [*[(rate, format_rate(rate)) for rate in rates], ("", _("Hors TVA (consigne, bon)"))]

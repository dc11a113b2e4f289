"""Columns of the office's tables: how a value is drawn, and what an export carries of it."""

from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from comptoir.engine.money import format_minor, format_quantity, format_rate, format_scaled, format_unit_price

from .amounts import as_decimal


class OfficeColumn(tables.Column):
    """`card` says where the column stands on a phone: title, amount, note, or hidden; there `said` comes before its value,
    since no heading tells what it is."""

    empty_values = ()
    kind = "text"
    exported = True

    def __init__(
        self, *args: Any, card: str = "note", optional: bool = True, shown: bool = True, said: Any = "", **options: Any
    ) -> None:
        self.card, self.optional, self.shown, self.said = card, optional, shown, said
        super().__init__(*args, **options)
        css = f"c-{self.kind} card-{card}"
        self.attrs = {"td": {"class": css}, "th": {"class": css}} | self.attrs

    def draw(self, value: Any) -> Any:
        return value

    def render(self, value: Any) -> Any:
        return "" if value is None else self.draw(value)

    def value(self, value: Any) -> Any:
        """What an export carries."""
        return value


class LinkColumn(OfficeColumn):
    """The name of the row, leading to its page."""

    kind = "title"

    def __init__(self, *args: Any, route: str, **options: Any) -> None:
        self.route = route
        super().__init__(*args, **{"card": "title", "optional": False} | options)

    def render(self, value: Any, record: Any) -> Any:
        return format_html('<a class="row-link" href="{}">{}</a>', reverse(self.route, args=[record.pk]), value)


class SelectColumn(OfficeColumn):
    """A box to choose the row for a change of many; it belongs to the form whose id is given, and to no export."""

    kind = "select"
    exported = False

    def __init__(self, *args: Any, form: str, **options: Any) -> None:
        self.form = form
        super().__init__(*args, **{"card": "check", "optional": False, "orderable": False, "accessor": "pk"} | options)

    def render(self, value: Any, record: Any) -> Any:
        box = '<input type="checkbox" name="choisi" value="{}" form="{}" aria-label="{}">'
        return format_html(box, value, self.form, _("Choisir %s") % record)


class AmountColumn(OfficeColumn):
    """Cents."""

    kind = "number"

    def draw(self, value: int) -> str:
        return format_minor(value)

    def value(self, value: int | None) -> Any:
        return None if value is None else as_decimal(value, digits=2)


class GapColumn(AmountColumn):
    """Cents that should be none: what is missing and what is too much stand out."""

    def draw(self, value: int) -> Any:
        tone = "quiet" if value == 0 else "bad" if value < 0 else "warn"
        return format_html('<span class="{}">{}{}</span>', tone, "+" if value > 0 else "", format_minor(value))


class PriceColumn(OfficeColumn):
    """Ten-thousandths of a euro."""

    kind = "number"

    def draw(self, value: int) -> str:
        return format_unit_price(value)

    def value(self, value: int | None) -> Any:
        return None if value is None else as_decimal(value, digits=4)


class RateColumn(OfficeColumn):
    kind = "number"

    def render(self, value: int | None) -> str:
        return _("hors TVA") if value is None else format_rate(value)

    def value(self, value: int | None) -> Any:
        return None if value is None else as_decimal(value, digits=4)


class QuantityColumn(OfficeColumn):
    kind = "number"

    def draw(self, value: int) -> str:
        return format_quantity(value, value % 1000 != 0)

    def value(self, value: int | None) -> Any:
        return None if value is None else as_decimal(value, digits=3)


class NumberColumn(OfficeColumn):
    """A number that names something: told digit by digit, never in thousands."""

    kind = "number"


class CountColumn(OfficeColumn):
    """A count; `counted`, one word for one and one for several, follows it on a phone."""

    kind = "number"

    def __init__(self, *args: Any, counted: tuple[Any, Any] | None = None, **options: Any) -> None:
        self.counted = counted
        super().__init__(*args, **options)

    def draw(self, value: int) -> Any:
        number = format_scaled(value, 0, 0)
        if self.counted is None:
            return number
        return format_html('{}<span class="cell-label"> {}</span>', number, self.counted[abs(value) > 1])


class InstantColumn(OfficeColumn):
    kind = "date"

    def draw(self, value: datetime) -> str:
        return date_format(timezone.localtime(value), "d/m/Y H:i")

    def value(self, value: datetime | None) -> Any:
        return None if value is None else timezone.localtime(value).replace(tzinfo=None)


class DayColumn(OfficeColumn):
    kind = "date"

    def draw(self, value: date) -> str:
        return date_format(value, "d/m/Y")


class WordColumn(OfficeColumn):
    """A code shown as a word, in a coloured chip when a tone is given: {code: (word, tone)}."""

    def __init__(self, *args: Any, words: dict[Any, tuple[str, str]], **options: Any) -> None:
        self.words = words
        super().__init__(*args, **options)

    def draw(self, value: Any) -> Any:
        word, tone = self.words.get(value, (str(value), ""))
        return format_html('<span class="chip {}">{}</span>', tone, word) if tone else word

    def value(self, value: Any) -> Any:
        return self.words.get(value, (str(value), ""))[0]


class FamilyColumn(OfficeColumn):
    """A family: its dot of colour, always with its name."""

    def draw(self, value: Any) -> Any:
        return format_html('<span class="dot fam-{}"></span>{}', value.colour, value.name)

    def value(self, value: Any) -> Any:
        return "" if value is None else value.name

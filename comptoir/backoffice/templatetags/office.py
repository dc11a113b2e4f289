"""What the office's templates need: amounts, icons, built files, papers."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from comptoir.engine import money
from comptoir.exchange.receipts.html import as_html

register = template.Library()


@register.filter
def amount(value: int | None) -> str:
    """Cents as `1 234,56`."""
    return "" if value is None else money.format_minor(value)


@register.filter
def euro(value: int | None) -> str:
    """Cents as `1 234,56 €`."""
    return "" if value is None else money.format_euro(value)


@register.filter
def price(value_e4: int | None) -> str:
    return "" if value_e4 is None else money.format_unit_price(value_e4)


@register.filter
def rate(value_e4: int | None) -> str:
    return _("hors TVA") if value_e4 is None else money.format_rate(value_e4)


@register.filter
def quantity(value_milli: int) -> str:
    return money.format_quantity(value_milli, value_milli % 1000 != 0)


@register.filter
def whole(value: int) -> str:
    """A count with its thousands apart."""
    return money.format_scaled(value, 0, 0)


@register.filter
def percent(value: int) -> str:
    """A change in whole percent, always with its sign."""
    return f"{'+' if value > 0 else ''}{money.format_scaled(value, 0, 0)}\u00a0%"


@register.filter
def get(mapping: Any, key: str) -> Any:
    return mapping.get(key)


@register.simple_tag
def total(table: Any, column: Any) -> Any:
    """The sum below a column, drawn as its cells are."""
    return column.column.render(table.totals[column.name])


@register.filter
def paper(document: dict[str, Any]) -> SafeString:
    """A `receipt/1` document; its renderer escapes every word."""
    return mark_safe(as_html(document))  # noqa: S308


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        built("icons.svg"),
        name,
    )


@register.simple_tag
def built(name: str) -> str:
    """The address of a built file of the office, which changes with its content."""
    path = settings.WEB_DIST / f"backoffice/{name}"  # a plain text: paths refuse safe strings
    stamp = _digest(path, path.stat().st_mtime_ns) if path.is_file() else ""
    return f"{settings.STATIC_URL}backoffice/{name}" + (f"?v={stamp}" if stamp else "")


@lru_cache(maxsize=64)
def _digest(path: Path, modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@register.simple_tag
def photo_address(digest: str, large: bool = False) -> str:
    return f"{get_script_prefix()}api/till/photos/{digest}" + ("?taille=grande" if large else "")

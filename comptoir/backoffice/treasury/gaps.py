"""The history of cash differences: by person, by tender, month after month, with what was said of each."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import TenderType
from comptoir.apps.treasury.differences import counted_tenders, gaps_by_month, gaps_by_person
from comptoir.engine.money import format_minor

from ..home.charts import NARROW, ROOM_FOR_WORDS, WIDE
from ..kit.page import OfficePage
from .moves import ROOM
from .words import tabs

HEIGHT, MIDDLE, TALL = 200, 96, 66
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GapFilters(forms.Form):
    du = forms.DateField(label=_("Du"), widget=DAY)
    au = forms.DateField(label=_("Au"), widget=DAY)
    mode = forms.ChoiceField(label=_("Règlement"), required=False, choices=[])

    def clean_au(self) -> date:
        """The twelve months before it are drawn."""
        last: date = self.cleaned_data["au"]
        if last.year < 2000:
            raise forms.ValidationError(_("Choisissez un jour à partir de 2000."))
        return last

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["mode"].choices = [("", _("Tous")), *TenderType.objects.values_list("code", "label")]


class GapPage(OfficePage):
    required_right = "closings.view"
    room = ROOM
    title = _("Écarts de caisse")
    template_name = "office/gaps.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        asked = {"du": today.replace(month=1, day=1).isoformat(), "au": today.isoformat()} | self.request.GET.dict()
        filters = GapFilters(asked)
        if not filters.is_valid():
            return super().get_context_data(
                tabs=tabs("gaps"), filters=filters, people=[], rows=[], chart={"bars": []}, **kwargs
            )
        first, last, tender = (filters.cleaned_data[name] for name in ("du", "au", "mode"))
        labels = dict(TenderType.objects.values_list("code", "label"))
        rows = [
            {"row": row, "tender": labels.get(row.tender, row.tender)}
            for row in counted_tenders(first, last, tender=tender).exclude(difference_minor=0)[:200]
        ]
        months = gaps_by_month(last, tender=tender)
        return super().get_context_data(
            tabs=tabs("gaps"), filters=filters, people=gaps_by_person(first, last, tender=tender), rows=rows,
            chart=signed_chart([(name[:2], amount) for name, amount in months]), **kwargs,
        )  # fmt: skip


def signed_chart(rows: list[tuple[str, int]]) -> dict[str, Any]:
    """One column a row, above the line or below it; the amount beside its end. Nothing when all is right."""
    most = max((abs(amount) for _name, amount in rows), default=0)
    if not most:
        return {"bars": []}
    drawings = [_signed(rows, most=most, width=width) for width in (WIDE, NARROW)]
    summary = ", ".join(f"{name} {format_minor(amount)} €" for name, amount in rows if amount)
    return {"drawings": drawings, "bars": drawings[0]["bars"], "summary": summary}


def _signed(rows: list[tuple[str, int]], *, most: int, width: int) -> dict[str, Any]:
    step = width // len(rows)
    wide = min(40, step * 2 // 3)
    bars = []
    for place, (name, amount) in enumerate(rows):
        tall = abs(amount) * TALL // most
        middle = place * step + step // 2
        top = MIDDLE - tall if amount > 0 else MIDDLE
        said = amount if step >= ROOM_FOR_WORDS or abs(amount) == most else 0  # a narrow drawing names the worst alone
        bars.append({
            "x": middle - wide // 2, "y": top, "w": wide, "h": tall, "middle": middle, "now": amount < 0,
            "label_y": top - 6 if amount > 0 else top + tall + 15, "value": format_minor(said) if said else "", "name": name,
        })  # fmt: skip
    size = "wide" if width > NARROW else "narrow"
    return {"width": width, "height": HEIGHT, "foot": 194, "lines": [MIDDLE], "bars": bars, "size": size}

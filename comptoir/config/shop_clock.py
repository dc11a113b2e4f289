"""The clock on the wall of the shop: days and hours are those of its establishment, wherever the server stands."""

from contextlib import AbstractContextManager, nullcontext
from zoneinfo import ZoneInfo

from django.utils import timezone

from comptoir.apps.settings.models import Establishment


def shop_clock() -> AbstractContextManager[None]:
    """For as long as it is entered, `localdate`, `localtime` and the pages' dates are those of the bound dossier's first
    establishment; before it has one, those of the server. It may be entered again and again."""
    zone = Establishment.objects.order_by("id").values_list("time_zone", flat=True).first()
    return nullcontext() if zone is None else timezone.override(ZoneInfo(zone))

"""`GET bootstrap`: everything a till needs besides the articles, in one answer."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from comptoir import __version__
from comptoir.apps.access.queries import cashiers, till_limits
from comptoir.apps.catalog.queries import catalogue_version, families, grid_keys
from comptoir.apps.fiscal.services.seal_on_server import now_text
from comptoir.apps.outreach.queries import copies_offered
from comptoir.apps.parties.queries import customers_for_tills
from comptoir.apps.settings import packs, queries
from comptoir.apps.till.queries import Caller
from comptoir.apps.till.services.print_intents import has_server_printer

from ..call import device_call
from ..problems import Problem

RECENT = timedelta(days=31)  # a till that was away for a month still learns of a rate that changed meanwhile


@device_call("GET")
def bootstrap(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """See docs/developer/shapes.md section 4."""
    register = queries.register_by_code(caller.register)
    if register is None or not queries.is_set_up():
        raise Problem(409, "not_set_up")
    place, company = register.establishment, queries.company()
    now = timezone.now()
    today = timezone.localdate(now, timezone=ZoneInfo(place.time_zone))
    return {
        "shop": queries.shop(place, software=f"Comptoir {__version__}"),
        "country": place.country, "mode": company.mode, "currency": company.currency, "zone": place.time_zone,
        "pack": packs.pack_version(place.country), "cash_rounding": packs.cash_rounding(place.country, on=today),
        "vat_rates": packs.vat_rates(place.country, zone=place.zone, on=today),
        "vat_changes": packs.vat_changes(place.country, zone=place.zone, since=today - RECENT),
        "tenders": queries.tender_types(country=place.country, on=today),
        "families": list(families().values("code", "name", "colour", "position")), "keys": grid_keys(),
        "cashiers": cashiers(), "denominations": queries.denominations(), "patterns": queries.barcode_patterns(),
        "reasons": queries.cash_reasons(), "return_reasons": queries.return_reasons(),
        "drawer_reasons": queries.drawer_reasons(), "credit_note": {"valid_days": place.credit_note_days},
        "returns": {"max_days": place.return_days},
        "print": {**queries.print_rules(place), "server_printer": has_server_printer(caller.register)},
        "copies": copies_offered(),
        "limits": till_limits(), "customers": customers_for_tills(),
        "catalogue_version": catalogue_version(), "server_time": now_text(now),
    }  # fmt: skip

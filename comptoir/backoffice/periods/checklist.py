"""What a period waits for, each thing with the place where it is settled. Reads only."""

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from comptoir.apps.fiscal.queries import chain_names, heads_of
from comptoir.apps.till.queries import devices
from comptoir.apps.treasury.asides import enrolment_is_aside
from comptoir.apps.treasury.period_blockers import Blocker, blockers_until
from comptoir.apps.treasury.periods import Period

# What kind of thing it is, for the eye.
TITLES = {
    "session_open": _("Z à faire"), "closing_waits": _("Tickets manquants"), "number_missing": _("Tickets manquants"),
    "tickets_without_closing": _("Z à faire"), "closing_contradicts": _("Z à vérifier"),
}  # fmt: skip


def checklist(period: Period, *, rights: frozenset[str]) -> list[dict[str, Any]]:
    """What blocks a period (`blocks`), and what is worth a look before it is closed."""
    return [_row(one, rights) for one in blockers_until(period.last)] + _silent(period, rights)


def _row(one: Blocker, rights: frozenset[str]) -> dict[str, Any]:
    links = []
    if one.session:
        links.append((_("Voir la session"), reverse("session_detail", args=[one.session])))
    if one.code == "number_missing" and "audit.view" in rights:
        links.append((_("Voir ce qui est mis de côté"), reverse("kept_list")))
    if one.closing:
        links.append((_("Voir le Z"), reverse("closing_detail", args=[one.closing])))
        if "closings.set_aside" in rights:
            links.append((_("Écarter ce Z"), reverse("closing_aside", args=[one.closing])))
    elif one.generation and "closings.set_aside" in rights:
        links.append(
            (_("Ne plus attendre cet appareil"), reverse("enrolment_aside", args=[one.register, one.generation]))
        )
    return {"title": TITLES[one.code], "text": one.text, "links": links, "blocks": True, "code": one.code}


def _silent(period: Period, rights: frozenset[str]) -> list[dict[str, Any]]:
    """Devices in service whose last record is older than the end of the period: their last days may still be on them."""
    end = timezone.make_aware(datetime(period.last.year, period.last.month, period.last.day, 23, 59, 59))
    names = chain_names()
    rows = []
    for device in devices():
        if device.revoked_at is not None or enrolment_is_aside(device.register_id, generation=device.generation):
            continue
        prefix = f"{device.register_id}-{device.generation}-"
        last = max(
            (head.at for head in heads_of(name for name in names if name.startswith(prefix)).values()), default=""
        )
        heard = datetime.fromisoformat(last.replace("Z", "+00:00")).astimezone(UTC) if last else device.enrolled_at
        if heard > end or device.enrolled_at > end:
            continue
        text = _(
            "La caisse %(code)s n’a rien envoyé depuis le %(day)s. Si elle a vendu hors réseau depuis, reliez-la avant de"
            " clôturer ; sinon, la clôture peut se faire."
        ) % {"code": device.register_id, "day": f"{timezone.localtime(heard):%d/%m/%Y à %H:%M}"}
        links = [(_("Voir les caisses"), reverse("register_list"))] if "settings.view" in rights else []
        rows.append({"title": _("Caisse silencieuse"), "text": text, "links": links, "blocks": False, "code": "silent"})
    return rows

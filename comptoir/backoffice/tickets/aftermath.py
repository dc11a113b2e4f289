"""What a ticket's page says of corrections: what came back of each line, what answers it, who allowed it, its reprints."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import ReturnReason, TenderType
from comptoir.apps.settings.models.returns import DISPOSITIONS
from comptoir.apps.till.corrections import (
    duplicates_of,
    is_cancelled,
    payments_after_corrections,
    returned_quantities,
)
from comptoir.apps.till.models import Ticket
from comptoir.apps.till.queries import tickets
from comptoir.apps.wallets.models import CreditNote

FOLLOWS = {"refund": _("Remboursé par"), "cancel": _("Annulé par"), "correction": _("Règlement corrigé par")}
GOODS = dict(DISPOSITIONS)


def lines_with_returns(found: Ticket) -> list[dict[str, Any]]:
    """The lines of a ticket with what came back of each; on a return, where the goods went and why."""
    names = [line["id"] for line in json.loads(found.record.body)["basket"]["lines"]]
    returned = {line: milli for (_ticket, line), milli in returned_quantities([found.pk]).items()}
    reasons = dict(ReturnReason.objects.values_list("code", "label"))
    rows = []
    for line in found.lines.order_by("position"):
        name = names[line.position - 1] if line.position <= len(names) else None
        rows.append({
            "line": line, "returned_milli": returned.get(name, 0),
            "beyond": name is not None and 0 < line.quantity_milli < returned.get(name, 0),
            "goods": GOODS.get(line.disposition or "", ""),
            "reason": reasons.get(line.return_reason or "", line.return_reason or ""),
        })  # fmt: skip
    return rows


def aftermath(found: Ticket) -> dict[str, Any]:
    """The rest of the page: linked tickets, corrected payments, credit note issued, reprints."""
    answers = [(FOLLOWS.get(one.operation, _("Suivi de")), one) for one in tickets().filter(origin=found.pk)]
    corrected = any(one.operation == "correction" for _word, one in answers)
    labels = dict(TenderType.objects.values_list("code", "label"))
    other = tickets().filter(exchange=found.exchange).exclude(pk=found.pk).first() if found.exchange else None
    return {
        "answers": answers, "cancelled": is_cancelled(found.pk), "exchanged": other,
        "corrected": [(labels.get(one.type, one.type), one) for one in payments_after_corrections(found.pk)] if corrected else [],
        "credit_note": CreditNote.objects.filter(pk=found.pk).first(),
        "duplicates": duplicates_of(found.chain, seq=found.seq),
    }  # fmt: skip

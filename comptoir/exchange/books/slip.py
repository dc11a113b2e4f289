"""The paper that goes to the bank with the cash or the cheques: drawn from the sealed record, whenever it is asked."""

import json

from comptoir.apps.settings.models import Denomination
from comptoir.apps.treasury.balances import places
from comptoir.apps.treasury.models import OfficeMove
from comptoir.engine.money import format_euro, format_minor
from comptoir.exchange.sheets.drawing import Sheet, sheet_pdf

from .outputs import owner_lines


def slip_sheet(move: OfficeMove) -> Sheet:
    """The sheet of a deposit, cash or cheques."""
    cheques = move.kind == "cheques"
    bank = next(iter(places("bank")), None)
    facts = [
        ["Bordereau", f"{move.chain}-{move.seq}"], ["Date", f"{move.business_date:%d/%m/%Y}"],
        ["Préparé par", move.operator_name], ["Banque", bank.name if bank else ""],
    ]  # fmt: skip
    if bank and bank.iban:
        facts.append(["Compte", " ".join(bank.iban[at : at + 4] for at in range(0, len(bank.iban), 4))])
    if move.reference:
        facts.append(["Sac ou référence", move.reference])
    facts.append(["Total remis", format_euro(move.amount_minor)])
    blocks = [{"t": "facts", "rows": facts}, _cheques(move) if cheques else _pieces(move)]
    blocks += [{"t": "rule"}, {"t": "text", "s": "Reçu par la banque, date, cachet et signature :"}]
    title = "Remise de chèques" if cheques else "Remise d’espèces"
    return {
        "title": title, "subtitle": f"{move.business_date:%d/%m/%Y}", "owner": [line for line in owner_lines() if line],
        "blocks": blocks, "foot": f"{move.chain}-{move.seq}",
    }  # fmt: skip


def slip_pdf(move: OfficeMove) -> bytes:
    return sheet_pdf(slip_sheet(move))


def _pieces(move: OfficeMove) -> dict[str, object]:
    notes = set(Denomination.objects.filter(bank_note=True).values_list("value_minor", flat=True))
    counted = sorted(json.loads(move.pieces), key=lambda one: -one["value_minor"])
    rows = [
        [
            f"{'Billets' if one['value_minor'] in notes else 'Pièces'} de {format_euro(one['value_minor'])}", str(one["count"]),
            format_minor(one["value_minor"] * one["count"]),
        ]
        for one in counted
    ]  # fmt: skip
    return {
        "t": "table", "title": "Billets et pièces", "heading": ["Valeur", "Nombre", "Montant"], "kinds": ["text", "number", "number"],
        "rows": rows, "total": ["Total", "", format_minor(move.amount_minor)],
    }  # fmt: skip


def _cheques(move: OfficeMove) -> dict[str, object]:
    listed = list(move.cheques.order_by("id"))
    rows = [
        [
            str(place),
            f"{one.sold_on:%d/%m/%Y}",
            f"{one.chain.removesuffix('-ticket')}-{one.seq}",
            one.reference or "",
            format_minor(one.amount_minor),
        ]
        for place, one in enumerate(listed, start=1)
    ]
    return {
        "t": "table", "title": f"Chèques ({len(listed)})", "heading": ["N°", "Reçu le", "Ticket", "Référence", "Montant"],
        "kinds": ["number", "text", "text", "text", "number"], "rows": rows,
        "total": ["", "Total", "", "", format_minor(move.amount_minor)],
    }  # fmt: skip

"""A month, a year or a free statement as a sheet: every figure comes from `period/1`, nothing is computed here."""

from datetime import datetime, timedelta
from typing import Any

from comptoir.apps.access.models import User
from comptoir.apps.catalog.models import Family
from comptoir.apps.fiscal.event_codes import event_label
from comptoir.apps.settings.models import TenderType
from comptoir.apps.settings.queries import company, main_establishment
from comptoir.engine.money import format_euro, format_minor, format_rate

from .drawing import Sheet

_CASH = (
    ("opening_minor", "Fonds de caisse"), ("moves_minor", "Entrées et sorties"), ("sales_minor", "Ventes en espèces"),
    ("change_for_others_minor", "Rendu sur d’autres règlements"), ("expected_minor", "Espèces attendues"),
    ("uncounted_minor", "dont non comptées"), ("counted_minor", "Espèces comptées"), ("difference_minor", "Écart"),
)  # fmt: skip
_OPERATIONS = (
    ("sale", "Ventes"), ("refund", "Remboursements"), ("cancel", "Annulations"),
    ("correction", "Corrections de règlement"), ("discounts", "Remises accordées"),
    ("deleted", "Lignes supprimées avant paiement"), ("training", "Tickets d’école (hors totaux)"),
)  # fmt: skip
_COUNTS = (
    ("duplicates", "Duplicatas"), ("provisionals", "Papiers provisoires"), ("counts", "Comptages"),
    ("drawer_openings", "Ouvertures du tiroir sans vente"),
)  # fmt: skip
_MOVES = {"in": "Entrée", "out": "Sortie"}


def owner_lines() -> list[str]:
    """Who sells, for the head of a sheet."""
    owner, place = company(), main_establishment()
    town = f"{place.postcode} {place.city}".strip()
    lines = [owner.legal_name, place.address, town, f"SIRET {place.number}" if owner.country == "FR" else place.number]
    return [line for line in [*lines, owner.vat_number] if line]


def totals_blocks(totals: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything a period holds: VAT, tenders, operators, families, operations, cash from float to difference, counters."""
    return [
        _vat(totals), _tenders(totals), _operations(totals), _cash(totals), _moves(totals), _counted(totals),
        _people(totals), _families(totals), _registers(totals), _events(totals),
    ]  # fmt: skip


def closing_sheet(body: dict[str, Any], *, title: str, extract: str) -> Sheet:
    """The sealed month, year or day: its totals, both perpetual totals, what it covers and what no Z covered."""
    number = f"{body['chain']}-{body['seq']}"
    head = {"t": "facts", "rows": [
        ["Total de la période, TTC", format_euro(body["total_minor"])],
        ["Grand total perpétuel", format_euro(body["perpetual_algebraic_minor"])],
        ["Grand total perpétuel en valeur absolue", format_euro(body["perpetual_absolute_minor"])],
        ["Z de caisse", str(body["totals"]["closings"])], ["Tickets", str(body["totals"]["tickets"])],
        ["Scellée le", _instant(body)], ["Par", body["operator"]["name"]], ["Extrait de la signature", extract],
    ]}  # fmt: skip
    return {
        "title": title, "subtitle": f"Clôture n° {number}", "owner": owner_lines(), "notice": "",
        "blocks": [head, *(_shown(totals_blocks(body["totals"]))), *_covered(body)],
        "foot": f"Clôture {number}, scellée. Réédition fidèle de l’enregistrement. {body['software']}",
    }  # fmt: skip


def statement_sheet(statement: dict[str, Any], *, title: str, made: str) -> Sheet:
    """A free-period statement: a report, and it says so."""
    totals = statement["totals"]
    head = {"t": "facts", "rows": [
        ["Total TTC", format_euro(totals["gross_minor"])], ["Total HT", format_euro(totals["net_minor"])],
        ["Z additionnés", str(totals["closings"])], ["Tickets", str(totals["tickets"])],
        ["Caisse", statement["register"] or "toutes"],
    ]}  # fmt: skip
    numbers = ", ".join(statement["closings"]) or "aucun"
    return {
        "title": title, "subtitle": "Relevé de période", "owner": owner_lines(),
        "notice": "Ce relevé n’est pas une clôture : il additionne des Z déjà scellés, ne porte pas de numéro et ne change rien.",
        "blocks": [head, *_shown(totals_blocks(totals)), {"t": "title", "s": "Z additionnés"}, {"t": "text", "s": numbers}],
        "foot": f"Relevé établi le {made}. Les jours sans Z n’y figurent pas.",
    }  # fmt: skip


def _shown(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [block for block in blocks if block["rows"]]


def _table(title: str, heading: list[str], rows: list[list[str]], **more: Any) -> dict[str, Any]:
    kinds = ["text"] + ["number"] * (len(heading) - 1)
    return {"t": "table", "title": title, "heading": heading, "kinds": kinds, "rows": rows, **more}


def _vat(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [
        ["Hors TVA" if row["vat_e4"] is None else format_rate(row["vat_e4"]), format_minor(row["base_minor"]),
         format_minor(row["vat_minor"]), format_minor(row["gross_minor"])]
        for row in totals["vat"]
    ]  # fmt: skip
    total = ["Total", *(format_minor(totals[key]) for key in ("net_minor", "vat_minor", "gross_minor"))]
    return _table("TVA par taux", ["Taux", "Base HT", "TVA", "TTC"], rows, total=total)


def _tenders(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [[row["label"], str(row["count"]), format_minor(row["amount_minor"])] for row in totals["tenders"]]
    return _table("Règlements", ["Règlement", "Nombre", "Montant"], rows)


def _operations(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [[label, str(totals[key]["count"]), format_minor(totals[key]["amount_minor"])] for key, label in _OPERATIONS]
    rows += [[label, str(totals[key]), ""] for key, label in _COUNTS]
    rows.append(["Arrondis d’espèces", "", format_minor(totals["rounding_minor"])])
    return _table("Opérations et compteurs", ["Opération", "Nombre", "Montant"], rows)


def _cash(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [[label, format_minor(totals["cash"][key])] for key, label in _CASH]
    return _table("Espèces, du fonds de caisse à l’écart", ["", "Montant"], rows)


def _moves(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [f"{_MOVES.get(row['kind'], row['kind'])} : {row['label'] or row['reason'] or ''}", str(row["count"]),
         format_minor(row["amount_minor"])]
        for row in totals["moves"]
    ]  # fmt: skip
    return _table("Entrées et sorties d’espèces", ["Motif", "Nombre", "Montant"], rows)


def _counted(totals: dict[str, Any]) -> dict[str, Any]:
    labels = dict(TenderType.objects.values_list("code", "label"))
    rows = [
        [labels.get(row["tender"], row["tender"]), str(row["count"]),
         *(format_minor(row[key]) for key in ("expected_minor", "counted_minor", "difference_minor"))]
        for row in totals["counted"]
    ]  # fmt: skip
    return _table("Comptages", ["Règlement", "Nombre", "Attendu", "Compté", "Écart"], rows)


def _people(totals: dict[str, Any]) -> dict[str, Any]:
    names = {str(pk): name for pk, name in User.objects.values_list("pk", "name")}
    rows = [
        [row.get("name") or names.get(row["id"], row["id"]), str(row["count"]), format_minor(row["amount_minor"])]
        for row in totals["operators"]
    ]
    return _table("Vendeurs", ["Vendeur", "Tickets", "Montant TTC"], rows)


def _families(totals: dict[str, Any]) -> dict[str, Any]:
    names = dict(Family.objects.values_list("code", "name"))
    rows = [
        [names.get(row["code"], row["code"] or "Sans famille"), str(row["count"]), format_minor(row["net_minor"]),
         format_minor(row["amount_minor"])]
        for row in totals["families"]
    ]  # fmt: skip
    return _table("Familles", ["Famille", "Lignes", "HT", "TTC"], rows)


def _registers(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [f"{row['register']} (appareil n° {row['generation']})", str(row["closings"]), str(row["tickets"]),
         format_minor(row["gross_minor"]), format_minor(row["perpetual_algebraic_minor"])]
        for row in totals["registers"]
    ]  # fmt: skip
    return _table("Caisses", ["Caisse", "Z", "Tickets", "Total TTC", "Perpétuel"], rows)


def _events(totals: dict[str, Any]) -> dict[str, Any]:
    rows = [[f"{row['code']} {event_label(row['code'])}", str(row["count"])] for row in totals["events"]]
    return _table("Événements des caisses", ["Événement", "Nombre"], rows)


def _covered(body: dict[str, Any]) -> list[dict[str, Any]]:
    words = {"z": "Z", "month": "mois", "ticket": "tickets"}
    rows = [
        [one["chain"], f"{words.get(one['chain'].rsplit('-', 1)[-1], 'n°')} {one['first']} à {one['last']}"]
        for one in body["ranges"]
    ]
    blocks = [_table("Clôtures additionnées", ["Chaîne", "Numéros"], rows)]
    aside = [[one["chain"], f"{one['first']} à {one['last']}"] for one in body["uncovered"]]
    blocks.append(_table("Enregistrements sans Z, comptés tels quels", ["Chaîne", "Numéros"], aside))
    late = [[f"{one['chain']}-{one['seq']}", one["business_date"]] for one in body["outside"]]
    blocks.append(_table("Z d’une autre période, arrivés après sa clôture", ["Z", "Journée"], late))
    return _shown(blocks)


def _instant(body: dict[str, Any]) -> str:
    """As sealed: the instant in UTC moved by its own offset."""
    at = datetime.fromisoformat(body["at"].replace("Z", "+00:00")) + timedelta(minutes=body["offset_minutes"])
    return f"{at:%d/%m/%Y à %H:%M}"

"""A sealed record as elements of shapes.py. Pure; nothing is computed, what was sealed is copied."""

import hashlib
import json
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from comptoir.apps.fiscal.chain_check import COLUMNS, Row
from comptoir.apps.fiscal.exact_json import read_exact


class Node(NamedTuple):
    """An element, its attributes (raw values, see shapes.py for their kinds) and the elements in it."""

    name: str
    values: dict[str, Any]
    children: list["Node"]


def node_of(row: Row) -> Node | None:
    """The element of a stored row; None when its text no longer reads as a record (the rupture report tells it)."""
    said = dict(zip(COLUMNS, row, strict=True))
    try:
        body = read_exact(said["body"])
        head = _head(said, body)
        maker = _MAKERS.get(said["type"], _other)
        return maker(head, body, said)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _head(said: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    zone = timezone(timedelta(minutes=body["offset_minutes"]))
    local = datetime.fromisoformat(body["at"].replace("Z", "+00:00")).astimezone(zone)
    operator = body["operator"]
    return {
        "chaine": said["chain"], "numero": said["seq"], "id": said["id"], "journee": body["business_date"],
        "instant": body["at"], "heure_locale": local.isoformat(), "caisse": body["register"],
        "etablissement": body["establishment"], "operateur": operator["id"], "operateur_nom": operator["name"],
        "logiciel": body["software"], "cle": body["key"],
        "empreinte": hashlib.sha256(said["body"].encode()).hexdigest(), "signature": said["signature"],
    }  # fmt: skip


def _ticket(head: dict[str, Any], body: dict[str, Any], said: dict[str, Any]) -> Node:
    priced, settled, origin = body["priced"], body["settled"], body["origin"]
    values = {
        **head, "operation": body["operation"], "origine": origin and f"{origin['chain']}-{origin['seq']}",
        "client": body["customer"], "total_ttc": priced["gross_minor"], "total_ht": priced["net_minor"],
        "total_tva": priced["vat_minor"], "remises": priced["discount_minor"], "arrondi": settled["rounding_minor"],
        "rendu": settled["change_minor"], "perpetuel": body["perpetual_algebraic_minor"],
        "perpetuel_absolu": body["perpetual_absolute_minor"],
    }  # fmt: skip
    payments = [
        Node("reglement", {
            "mode": one["type"], "montant": one["amount_minor"], "remis": one["tendered_minor"],
            "rendu": one["change_minor"], "reference": one["reference"],
        }, [])
        for one in settled["payments"]
    ]  # fmt: skip
    deleted = [
        Node("ligne_supprimee", {
            "libelle": one["label"], "quantite": one["quantity_milli"], "montant": one["amount_minor"],
            "operateur": _operator(one["operator"]),
        }, [])
        for one in body["deleted_lines"]
    ]  # fmt: skip
    return Node("ticket", values, [*_lines(body), *_vat(priced["vat"]), *payments, *deleted])


def _operator(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


def _lines(body: dict[str, Any]) -> list[Node]:
    nodes: list[Node] = []
    for place, (line, amounts) in enumerate(zip(body["basket"]["lines"], body["priced"]["lines"], strict=True), 1):
        nodes.append(Node("ligne", {
            "rang": place, "article": line.get("article"), "libelle": line["label"], "famille": line.get("family"),
            "nature": line["kind"], "quantite": line["quantity_milli"], "unite": line["unit"],
            "prix_unitaire": line["unit_price_e4"], "taux": line.get("vat_e4"),
            "remise": amounts["line_discount_minor"] + amounts["basket_discount_minor"], "ttc": amounts["gross_minor"],
            "ht": amounts["net_minor"], "tva": amounts["vat_minor"],
        }, []))  # fmt: skip
    for place, charge in enumerate(body["priced"]["charges"], len(nodes) + 1):
        nodes.append(Node("ligne", {
            "rang": place, "libelle": charge["label"], "nature": "charge", "taux": charge["vat_e4"],
            "ttc": charge["gross_minor"], "ht": charge["net_minor"], "tva": charge["vat_minor"],
        }, []))  # fmt: skip
    return nodes


def _vat(rows: list[dict[str, Any]]) -> list[Node]:
    return [
        Node("tva", {
            "taux": row["vat_e4"], "base": row["base_minor"], "montant": row["vat_minor"], "ttc": row["gross_minor"],
        }, [])
        for row in rows
    ]  # fmt: skip


def _cash(head: dict[str, Any], body: dict[str, Any], said: dict[str, Any]) -> Node:
    counted = [
        Node("comptage", {"mode": one["tender"], "montant": one["amount_minor"]}, [])
        for one in body.get("counted") or []
    ]
    values = {
        **head, "nature": body["kind"], "montant": body["amount_minor"], "motif": body.get("reason"),
        "libelle": body["label"], "de": body.get("from"), "vers": body.get("to"),
        "reference": body.get("reference") or None, "taux": body.get("vat_e4"),
    }  # fmt: skip
    return Node("mouvement", values, counted)


def _event(head: dict[str, Any], body: dict[str, Any], said: dict[str, Any]) -> Node:
    detail = json.dumps(body["detail"], ensure_ascii=False, sort_keys=True)
    return Node("evenement", {**head, "code": body["code"], "libelle": body["label"], "detail": detail}, [])


def _z(head: dict[str, Any], body: dict[str, Any], said: dict[str, Any]) -> Node:
    report = body["report"]
    values = {
        **head, **_totals(report, body), "nature": "journée", "debut": body["business_date"],
        "fin": body["business_date"], "premier": body["first_seq"], "dernier": body["last_seq"],
        "tickets": report["tickets"]["count"],
        "entrees_sorties": sum(move["amount_minor"] for move in report["cash"]["moves"]),
    }  # fmt: skip
    return Node("cloture", values, _details(report, body["differences"]))


def _period(head: dict[str, Any], body: dict[str, Any], said: dict[str, Any]) -> Node:
    totals = body["totals"]
    values = {
        **head, **_totals(totals, body), "nature": _PERIODS[said["type"]],
        "debut": body["period"]["first"], "fin": body["period"]["last"], "tickets": totals["tickets"],
        "entrees_sorties": totals["cash"]["moves_minor"],
    }  # fmt: skip
    return Node("cloture", values, _details(totals, totals["counted"]))


def _totals(totals: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {
        "total_ttc": body["total_minor"], "total_ht": totals["net_minor"], "total_tva": totals["vat_minor"],
        "perpetuel": body["perpetual_algebraic_minor"], "perpetuel_absolu": body["perpetual_absolute_minor"],
        "fonds": totals["cash"]["opening_minor"], "ventes_especes": totals["cash"]["sales_minor"],
        "especes_attendues": totals["cash"]["expected_minor"], "ventes": totals["sale"]["amount_minor"],
        "remboursements": totals["refund"]["amount_minor"], "annulations": totals["cancel"]["amount_minor"],
    }  # fmt: skip


def _details(totals: dict[str, Any], counted: list[dict[str, Any]]) -> list[Node]:
    rows = [
        ("mode", "tenders", {"code": "code", "libelle": "label", "nombre": "count", "montant": "amount_minor"}),
        ("vendeur", "operators", {"code": "id", "nom": "name", "nombre": "count", "montant": "amount_minor"}),
        ("famille", "families", {"code": "code", "nombre": "count", "montant": "amount_minor", "ht": "net_minor"}),
    ]
    nodes = _vat(totals["vat"])
    for name, key, columns in rows:
        nodes += [Node(name, {ours: row[theirs] for ours, theirs in columns.items()}, []) for row in totals[key]]
    return nodes + [
        Node("ecart", {
            "mode": row["tender"], "attendu": row["expected_minor"], "compte": row["counted_minor"],
            "ecart": row["difference_minor"],
        }, [])
        for row in counted
    ]  # fmt: skip


def _other(head: dict[str, Any], body: dict[str, Any], said: dict[str, Any]) -> Node:
    return Node("autre", {**head, "type": said["type"], "contenu": said["body"]}, [])


_PERIODS = {"day": "journée sans ouverture", "month": "mois", "year": "exercice"}
_MAKERS = {"ticket": _ticket, "cash": _cash, "event": _event, "z": _z, **dict.fromkeys(_PERIODS, _period)}

"""The detail of an event in words: what is sealed is kept as it is, names of fields are said in French."""

from typing import Any

NAMES = {
    "archive": "archive", "number": "n°", "period": "période", "first": "du", "last": "au", "scope": "périmètre",
    "register": "caisse", "generation": "appareil", "reason": "motif", "closing": "clôture", "days": "jours",
    "setting": "réglage", "value": "valeur", "change": "changement", "subject": "personne", "kind": "nature",
    "file": "fichier", "findings": "anomalies", "records": "enregistrements", "intact": "intacte", "papers": "papiers",
    "until": "jusqu’au", "version": "version", "before": "avant", "operator": "opérateur", "lines": "lignes",
    "page": "page", "address": "adresse", "step": "étape", "differences": "différences", "ruptures": "ruptures",
    "chain": "suite", "code": "code", "count": "nombre", "total_minor": "total en centimes", "role": "rôle",
    "made_at": "faite le", "sha256": "empreinte", "bytes_before": "octets avant", "bytes_after": "octets après", "found": "anomalies avant",
    "left": "anomalies après", "unproven": "sceaux inexacts", "torn": "pages illisibles", "rows": "lignes relues",
    "right": "droit", "granted": "accordé", "fields": "champs", "seconds": "secondes", "catalogue": "catalogue",
}  # fmt: skip


def detail_words(detail: dict[str, Any]) -> str:
    """`motif Caisse volée, caisse C1`; identifiers that only machines read stay in exports as they are."""
    return ", ".join(
        f"{NAMES.get(key, key)} {_said(value)}" for key, value in detail.items() if value not in ("", None)
    )


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value[:10]) + ("…" if len(value) > 10 else "")
    if isinstance(value, dict):
        return " ".join(f"{NAMES.get(key, key)} {_said(one)}" for key, one in value.items())
    return str(value)

"""Sealed records drawn as papers, by the engine, from what was sealed alone."""

import json
from typing import Any

from comptoir import __version__
from comptoir.apps.catalog.models import Family
from comptoir.apps.fiscal.models import Record
from comptoir.apps.settings.queries import main_establishment, shop
from comptoir.engine.door import call


def paper_of(record: Record, *, kind: str, duplicate: int = 0) -> dict[str, Any]:
    """`receipt/1` of a record; `kind` is that of the engine's `receipt`. A record that cannot be drawn gives a paper that says so."""
    request = {
        "kind": kind, "shop": shop(main_establishment(), software=f"Comptoir {__version__}"),
        "record": json.loads(record.body), "signature": record.signature, "duplicate": duplicate,
        "labels": {f"family.{code}": name for code, name in Family.objects.values_list("code", "name")},
    }  # fmt: skip
    answer = json.loads(call("receipt", json.dumps(request)))
    if "error" in answer:
        return {
            "format": "receipt/1",
            "lang": "fr",
            "blocks": [{"t": "text", "s": "Ce papier ne peut pas être relu.", "align": "c"}],
        }
    return answer

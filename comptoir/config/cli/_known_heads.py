"""Heads of chains that a bridge's journal holds, asked over its loopback or read from a saved answer."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comptoir.config.cli._output import refuse

if TYPE_CHECKING:
    from comptoir.apps.fiscal.services.verify_anchors import Known


def bridge_heads(given: str) -> "list[Known]":
    """`given` is the address of a bridge, or a file holding what its `journal/heads` answered. Refuses in French."""
    from comptoir.apps.fiscal.services.verify_anchors import Known

    source = f"le journal de la passerelle ({given})"
    try:
        rows = _answer(given)["heads"]
        return [Known(row["chain"], row["seq"], row.get("digest", ""), source) for row in rows if row["seq"]]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        refuse(f"Le journal de la passerelle n’a pas pu être lu à {given} : {problem}")


def _answer(given: str) -> dict[str, Any]:
    if given.startswith(("http://", "https://")):
        import httpx

        try:
            answer = httpx.get(f"{given.rstrip('/')}/bridge/v1/journal/heads", timeout=10, trust_env=False)
            answer.raise_for_status()
            return answer.json()
        except httpx.HTTPError as problem:
            raise OSError(str(problem)) from problem
    return json.loads(Path(given).read_text(encoding="utf-8"))

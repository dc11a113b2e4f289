"""The arithmetic of a received ticket, redone by the engine from the ticket alone. Differences never refuse it."""

from typing import Any

from comptoir.apps.fiscal.exact_json import canonical_bytes
from comptoir.engine.basket import price_text
from comptoir.engine.checks import Refusal
from comptoir.engine.recheck import check_ticket
from comptoir.engine.tenders import settle
from comptoir.engine.tickets import settle_input


def arithmetic_differences(body: dict[str, Any], *, text: str) -> list[dict[str, Any]]:
    """`[{"path", "sealed", "computed"}]`, empty when the engine finds the same amounts. Never raises: a ticket that the
    engine cannot price (made by a later version, or by a forger) is one difference naming the refusal."""
    try:
        priced = body["priced"]
        if (
            price_text(body["basket"]).encode() == canonical_bytes(priced)
            and settle_input(body["settle"], priced) == body["settle"]
            and settle(body["settle"]) == body["settled"]
        ):
            return []
        return check_ticket({"body": text})["differences"]
    except Refusal as refusal:
        return [{"path": refusal.path, "sealed": None, "computed": refusal.code}]
    except (KeyError, TypeError, AttributeError, IndexError):
        return [{"path": "", "sealed": None, "computed": "unreadable"}]

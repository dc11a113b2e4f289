"""What a till does to correct its tickets, for tests: the engine's baskets sealed by a soft till."""

import json
from datetime import timedelta
from typing import Any

from comptoir.exchange.replay.softtill import ask_engine
from tests.apps.till.shop import Till

Record = dict[str, Any]


def body_of(record: Record) -> dict[str, Any]:
    return json.loads(record["body"])


def origin_of(record: Record) -> dict[str, Any]:
    return {"id": record["id"], "chain": record["chain"], "seq": record["seq"], "at": body_of(record)["at"]}


def seal(
    till: Till, operation: str, basket: dict[str, Any], *paid: tuple[Any, ...], origin: Record | None, **said: Any
) -> Record:
    """Seals a correction; `paid` are (tender, amount) or (tender, amount, reference)."""
    till.clock.set_utc(till.clock._at + timedelta(seconds=1))
    tenders = [
        {"id": str(place), "type": tender, "amount_minor": amount, "reference": more[0] if more else None}
        for place, (tender, amount, *more) in enumerate(paid, start=1)
    ]
    priced = ask_engine("price_basket", basket)
    settle = till.soft.settlement(priced=priced, tenders=tenders)
    return till.soft.sell(
        basket=basket, settle=settle, operation=operation, origin=origin and origin_of(origin), **said
    )


def take_back(
    till: Till,
    sale: Record,
    wanted: list[tuple[str, int]],
    *paid: tuple[Any, ...],
    returned: list[tuple[str, int]] = (),
    disposition: str = "resale",
    **said: Any,
) -> Record:
    """Refunds quantities of lines of a sale, in cash unless told."""
    request = {
        "ticket": body_of(sale),
        "returned": [{"line": line, "quantity_milli": milli} for line, milli in returned],
        "wanted": [
            {"line": line, "quantity_milli": milli, "disposition": disposition, "reason": None}
            for line, milli in wanted
        ],
    }
    basket = ask_engine("refund_basket", request)["basket"]
    total = ask_engine("price_basket", basket)["gross_minor"]
    return seal(till, "refund", basket, *(paid or [("cash", total)]), origin=sale, **said)


def cancel(till: Till, ticket: Record, **said: Any) -> Record:
    answer = ask_engine("cancel_basket", {"ticket": body_of(ticket), "returned": []})
    paid = [(one["type"], one["amount_minor"], one["reference"]) for one in answer["tenders"]]
    return seal(till, "cancel", answer["basket"], *paid, origin=ticket, **said)


def correct(till: Till, sale: Record, *paid: tuple[Any, ...], **said: Any) -> Record:
    return seal(till, "correction", till.soft.basket([]), *paid, origin=sale, **said)


def own_note(till: Till) -> str:
    """Reference of a credit note that the next ticket of this till would issue."""
    place = till.soft.place
    top = till.soft.state["heads"].get(f"{place.register}-{place.generation}-ticket")
    return f"A{place.register}-{place.generation}-{(top['seq'] if top else 0) + 1}"

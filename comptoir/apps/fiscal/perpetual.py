"""The two perpetual totals of a register, followed from ticket to ticket. Pure.

Algebraic: before + gross. Absolute: before + |gross|. Never reset; a new enrolment starts from what the server gave it
(docs/developer/shapes.md; source: notes on French till software, section 1.5)."""

from typing import Any

from .sealed import Fault

Totals = tuple[int, int]  # algebraic, absolute, in minor units
CARRYING = ("ticket",)  # types of chain whose records carry the totals after them
_NAMES = ("algébrique", "absolu")


def totals_of(body: dict[str, Any]) -> Totals:
    """The totals that a ticket carries."""
    return body["perpetual_algebraic_minor"], body["perpetual_absolute_minor"]


def follow_totals(before: Totals, body: dict[str, Any]) -> Totals:
    """The totals after this ticket. Raises Fault("perpetual_wrong") when it carries others."""
    try:
        gross = body["priced"]["gross_minor"]
        after = before[0] + gross, before[1] + abs(gross)
        said = totals_of(body)
    except (KeyError, TypeError) as problem:
        raise Fault("unreadable", "totaux perpétuels") from problem
    for name, computed, sealed in zip(_NAMES, after, said, strict=True):
        if computed != sealed:
            raise Fault(
                "perpetual_wrong",
                f"le total perpétuel {name} scellé est {sealed}, le ticket précédent donne {computed}",
            )
    return after

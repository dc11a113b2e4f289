"""The sealed closings below a period, read again one by one, their signatures checked, folded by the engine."""

from collections.abc import Iterator
from typing import Any

from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.queries import sealed_record, sealing_key
from comptoir.apps.fiscal.sealed import Fault, Sealed, check_signature, signature_digest
from comptoir.engine.period import fold_period

from .periods import Period
from .uncovered import uncovered_day


class LowerDiffers(Exception):
    """The closings below do not read well, or do not give what the protected rows give."""

    def __init__(self, differences: list[dict[str, Any]]) -> None:
        super().__init__(differences)
        self.differences = differences


def fold_ranges(ranges: list[dict[str, Any]], period: Period) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Totals of these closings, heads of their chains, and the Z of a date outside the period.

    Raises LowerDiffers at the first closing that is missing, altered or not signed by its key."""
    totals = fold_period({"state": None, "bodies": []})["state"]
    heads: list[dict[str, Any]] = []
    outside: list[dict[str, Any]] = []
    for one in ranges:
        for sealed in lower_closings(one):
            totals = fold_period({"state": totals, "bodies": [sealed.body]})["state"]
            day = sealed.body["business_date"]
            if sealed.chain.type == "z" and not period.first.isoformat() <= day <= period.last.isoformat():
                outside.append({"chain": one["chain"], "seq": sealed.seq, "business_date": day})
        heads.append({"chain": one["chain"], "seq": one["last"], "digest": signature_digest(sealed.signature)})
    return totals, heads, outside


def add_uncovered(totals: dict[str, Any], ranges: list[dict[str, Any]]) -> dict[str, Any]:
    """The totals with these ranges of superseded enrolments, register by register, generation by generation."""
    places: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in ranges:
        chain = parse_chain(one["chain"])
        assert chain is not None, "ranges come from chains that were read"
        places.setdefault((chain.register, chain.generation), []).append(one)
    for (register, generation), parts in sorted(places.items()):
        before = {(row["register"], row["generation"]): row for row in totals["registers"]}
        day = uncovered_day(register, generation=generation, ranges=parts)
        totals = fold_period({"state": totals, "bodies": [day]})["state"]
        _keep_latest_standing(totals["registers"], before)
    return totals


def _keep_latest_standing(rows: list[dict[str, Any]], before: dict[tuple[str, int], dict[str, Any]]) -> None:
    """Records of a Z set aside lie before later Z of their register, which say where it stands: the absolute perpetual
    total never decreases, so that the greater one is the later one."""
    for row in rows:
        known = before.get((row["register"], row["generation"]))
        if known is not None and known["perpetual_absolute_minor"] > row["perpetual_absolute_minor"]:
            for key in ("perpetual_algebraic_minor", "perpetual_absolute_minor"):
                row[key] = known[key]


def lower_closings(one: dict[str, Any]) -> Iterator[Sealed]:
    """The sealed closings of a range, each read and its signature checked again; raises LowerDiffers."""
    for seq in range(one["first"], one["last"] + 1):
        place = f"{one['chain']}-{seq}"
        try:
            sealed = sealed_record(one["chain"], seq=seq)
            if sealed is None:
                raise Fault("missing")
            key = sealing_key(sealed.chain.register, generation=sealed.chain.generation)
            if key is None:
                raise Fault("unknown_key")
            check_signature(sealed, key=key[1])
        except Fault as fault:
            raise LowerDiffers([{"path": place, "sealed": fault.code, "computed": fault.detail}]) from fault
        yield sealed


def body_of(chain: str, *, seq: int) -> dict[str, Any]:
    """The sealed body of one closing; raises LowerDiffers."""
    return next(lower_closings({"chain": chain, "first": seq, "last": seq})).body

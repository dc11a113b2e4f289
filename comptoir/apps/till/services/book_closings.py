"""A Z is booked once every record of its ranges has arrived, beside the server's own sums of the stored rows.

The Z of the register is never changed: where the sums differ, the closing says so and an event of code 90 tells it."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from comptoir.apps.fiscal.event_codes import INTEGRITY
from comptoir.apps.fiscal.queries import NO_HEAD, heads_of, sealed_record
from comptoir.apps.fiscal.raw_rows import insert_rows
from comptoir.apps.fiscal.sealed import Sealed
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads
from comptoir.apps.fiscal.services.seal_on_server import lock_chain, log_events, now_text
from comptoir.apps.treasury.projection import (
    closing_row,
    closing_session_rows,
    closing_tender_rows,
    closing_transfers,
)
from comptoir.apps.treasury.queries import last_closed
from comptoir.apps.treasury.tables import CLOSING_SESSIONS, CLOSING_TENDERS, CLOSINGS, TRANSFERS

from ..sums import disagreements

Place = tuple[str, int]  # register, generation


def book_ready_closings(places: Iterable[Place]) -> set[Place]:
    """Books, in order, every Z of these registers and generations whose ranges are complete. Returns those of the
    places where a Z still waits for records.

    When one was booked, the heads of all chains are written to the anchor log."""
    chains = {f"{register}-{generation}-z": (register, generation) for register, generation in sorted(set(places))}
    heads, closed = heads_of(chains), last_closed(chains)
    booked = 0
    waiting: set[Place] = set()
    for chain, place in chains.items():
        for seq in range(closed.get(chain, 0) + 1, heads.get(chain, NO_HEAD).seq + 1):
            with transaction.atomic():
                sealed = _book_next(chain, seq=seq)
            if sealed is None:
                waiting.add(place)
                break
            booked += 1
    if booked:
        anchor_heads(reason="z")
    return waiting


def _book_next(chain: str, *, seq: int) -> Sealed | None:
    lock_chain(chain)
    sealed = sealed_record(chain, seq=seq)
    if sealed is None or last_closed([chain]).get(chain, 0) >= seq or not is_complete(sealed):
        return None
    found = disagreements(sealed)
    at = now_text()
    insert_rows(
        connection,
        [
            (CLOSINGS, [closing_row(sealed, disagreements=found, booked_at=at)]),
            (CLOSING_TENDERS, closing_tender_rows(sealed)),
            (CLOSING_SESSIONS, closing_session_rows(sealed)),
            (TRANSFERS, closing_transfers(sealed, recorded_at=at)),
        ],
    )
    if found:
        log_events([_event(sealed, found)])
    return sealed


def is_complete(sealed: Sealed) -> bool:
    """Whether every record that a Z covers is stored. Chains have no gap: a range is here when its last number is."""
    ranges = sealed.body["ranges"]
    heads = heads_of([one["chain"] for one in ranges])
    return all(heads.get(one["chain"], NO_HEAD).seq >= one["last"] for one in ranges)


def _event(sealed: Sealed, found: list[dict[str, Any]]) -> dict[str, Any]:
    number = f"{sealed.chain.name}-{sealed.seq}"
    return {"code": INTEGRITY, "detail": {"closing": sealed.id, "number": number, "differences": found[:20]}}

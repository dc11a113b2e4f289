"""`POST records` and `GET heads`: the till's outbox comes in, the till learns where the server stands."""

from typing import Any

from django.http import HttpRequest

from comptoir.apps.fiscal.queries import register_heads
from comptoir.apps.till.queries import Caller, perpetual_of
from comptoir.apps.till.services.receive_records import receive_batch

from ..call import device_call
from ..read import MAX_SINGLE_BYTES, records_in


@device_call("POST")
def records(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """Receives a batch. `comptoir serve` answers this call before Django's layers: see `config/till_door.py`."""
    return received_answer(request.read(MAX_SINGLE_BYTES + 1), caller=caller)


def received_answer(raw: bytes, *, caller: Caller) -> dict[str, Any]:
    """The answer to a batch, given after its commit: one result a record, in the order of the request. Raises Problem."""
    job = receive_batch(records_in(raw), register=caller.register)
    chains = sorted({item.envelope["chain"] for item in job.items if item.sound is not None})
    return {
        "results": [_result(item) for item in job.items],
        "heads": [{"chain": chain, "seq": job.heads.get(chain, 0)} for chain in chains],
    }


@device_call("GET")
def heads(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """The heads of every chain of the register, all generations, and its perpetual totals."""
    known = register_heads(caller.register)
    return {
        "heads": [
            {"chain": chain, "seq": head.seq, "signature": head.signature} for chain, head in sorted(known.items())
        ],
        "perpetual": perpetual_of(caller.register),
    }


def _result(item: Any) -> dict[str, Any]:
    code = item.fault.code if item.fault is not None else ""
    detail = item.fault.detail if item.fault is not None else ""
    return {"id": item.envelope["id"], "status": item.status, "code": code, "detail": detail}

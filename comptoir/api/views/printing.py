"""`POST print` and `GET print/<job>`: paper asked for outside a sale, and what became of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from comptoir.apps.till.queries import Caller
from comptoir.apps.till.services.print_intents import IntentRefused, job_state, queue_print

from ..call import device_call
from ..problems import Problem
from ..read import read_object


@device_call("POST")
def print_now(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """Queues a print intent; the same job sent twice prints once."""
    intent = read_object(request, limit=1_000_000)
    try:
        state = queue_print(intent, register=caller.register, at=timezone.now())
    except IntentRefused as refused:
        raise Problem(400, "wrong_shape", where=str(refused)) from refused
    return {"job": intent["job"], "state": state}


@device_call("GET")
def print_job(request: HttpRequest, *, caller: Caller, job: UUID) -> dict[str, Any]:
    """Where a job stands, with the printer's words when it waits for somebody."""
    found = job_state(job, register=caller.register)
    if found is None:
        raise Problem(404, "not_found")
    return found

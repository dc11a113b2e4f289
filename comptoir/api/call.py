"""What every call of the till's API goes through: method, device token, rate, problem documents. No cookie is read."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from comptoir.apps.access.rights import DEVICE, declare
from comptoir.apps.till.queries import Caller, caller_of
from comptoir.apps.till.services.enrol_register import token_digest

from .problems import Problem, problem_answer
from .rate import spend

logger = logging.getLogger(__name__)
Answer = HttpResponse | dict[str, Any]


def device_call(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """Wraps `view(request, caller, …)`: only these methods, only an enrolled device, problems as documents."""
    return _wrap(methods, with_caller=True)


def open_call(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """Wraps `view(request, …)` for who has no token yet: enrolment, photos."""
    return _wrap(methods, with_caller=False)


def _wrap(methods: tuple[str, ...], *, with_caller: bool) -> Callable[..., Any]:
    def decorate(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @declare(DEVICE)
        @wraps(view)
        def wrapped(request: HttpRequest, **arguments: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Problem(405, "method_not_allowed")
                if with_caller:
                    arguments["caller"] = device_of(request.headers.get("Authorization", ""))
                answer = view(request, **arguments)
            except Problem as problem:
                return problem_answer(problem)
            except DatabaseError:
                logger.exception("%s %s: nothing was written", request.method, request.path)
                return problem_answer(Problem(503, "not_written", retry_after=2))
            return _finished(answer)

        return wrapped

    return decorate


def device_of(authorization: str) -> Caller:
    """The enrolled device behind an `Authorization` header; raises Problem 401, or 429 when it calls too often."""
    scheme, _, token = authorization.partition(" ")
    if scheme != "Bearer" or not token:
        raise Problem(401, "no_token")
    caller = caller_of(token_digest(token))
    if caller is None:
        raise Problem(401, "revoked")
    spend(f"{caller.register}-{caller.generation}")
    return caller


def _finished(answer: Answer) -> HttpResponse:
    if isinstance(answer, dict):
        answer = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer

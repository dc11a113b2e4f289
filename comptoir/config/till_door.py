"""The one call that every sale makes, `POST records`, answered before Django's layers: they cost more than the sale.

The door takes a request only when nothing about it is unusual; any other goes on to Django untouched, body unread, and
meets the checks there. What is done with the records is the view's own function, so both ways give the same answer."""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from http.client import responses
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host

from comptoir.api.call import device_of
from comptoir.api.problems import Problem, problem_body
from comptoir.api.read import MAX_SINGLE_BYTES
from comptoir.api.views.records import received_answer
from comptoir.config.middleware.headers import FIXED, HSTS, OFFICE_POLICY
from comptoir.config.serving import obstacles
from comptoir.dossiers.binding import bound
from comptoir.dossiers.registry import find_dossier

Environ = dict[str, Any]
Answer = tuple[int, str, list[tuple[str, str]], dict[str, Any]]  # status, content type, more headers, body

_PATH = re.compile(r"/d/([a-z0-9][a-z0-9-]{0,39})/api/till/records")
_HEADERS = [*FIXED.items(), ("Content-Security-Policy", OFFICE_POLICY), ("Cache-Control", "no-store")]
SLOW_MS = 500  # a call that took less and went well leaves its trace in the records themselves, not in the journal
logger = logging.getLogger("comptoir.requests")
_hosts: set[str] = set()  # names under which this server was called and that it answers to


class TillDoor:
    """A WSGI application in front of another one."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        match = _PATH.fullmatch(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        if match is None or not _usual(environ):
            return self.application(environ, start_response)
        dossier = find_dossier(match[1])
        if dossier is None or obstacles(dossier):
            return self.application(environ, start_response)
        started = time.perf_counter_ns()
        request_id = secrets.token_hex(6)
        with bound(dossier):
            status, content_type, more, body = _answer(environ, request_id)
            _give_back()
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        more += [("Content-Type", content_type), ("Content-Length", str(len(content))), ("X-Request-Id", request_id)]
        if _is_secure(environ):
            more.append(HSTS)
        _note(environ, request_id, status, (time.perf_counter_ns() - started) // 1_000_000)
        start_response(f"{status} {responses[status]}", _HEADERS + more)
        return [content]


def _usual(environ: Environ) -> bool:
    """A known host and a plain, moderate length."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 8 and int(length) <= MAX_SINGLE_BYTES):
        return False
    host = environ.get("HTTP_HOST", "")
    if host not in _hosts:
        name = split_domain_port(host)[0]
        if not name or not validate_host(name, settings.ALLOWED_HOSTS) or len(_hosts) >= 100:
            return False
        _hosts.add(host)
    return True


def _is_secure(environ: Environ) -> bool:
    """Over TLS, our own or that of the trusted proxy."""
    proxied = settings.SECURE_PROXY_SSL_HEADER
    if proxied is not None and proxied[0] in environ:
        return environ[proxied[0]].split(",")[0].strip() == proxied[1]
    return environ.get("wsgi.url_scheme") == "https"


def _answer(environ: Environ, request_id: str) -> Answer:
    try:
        caller = device_of(environ.get("HTTP_AUTHORIZATION", ""))
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return 200, "application/json", [], received_answer(raw, caller=caller)
    except Problem as problem:
        refusal = problem
    except DatabaseError:
        logger.exception("request", extra={"request_id": request_id, "path": environ["PATH_INFO"]})
        refusal = Problem(503, "not_written", retry_after=2)
    except Exception:
        logger.exception("request", extra={"request_id": request_id, "path": environ["PATH_INFO"]})
        refusal = Problem(500, "unexpected")
    wait = [] if refusal.retry_after is None else [("Retry-After", str(refusal.retry_after))]
    return refusal.status, "application/problem+json", wait, problem_body(refusal)


def _give_back() -> None:
    """As Django does after a request: a pooled connection goes back, a broken one is closed."""
    if not connection.in_atomic_block and (connection.close_at is not None or connection.errors_occurred):
        connection.close_if_unusable_or_obsolete()


def _note(environ: Environ, request_id: str, status: int, took_ms: int) -> None:
    if status == 200 and took_ms < SLOW_MS:
        return
    fields = {
        "request_id": request_id, "method": "POST", "path": environ["PATH_INFO"], "status": status, "ms": took_ms,
    }  # fmt: skip
    logger.log(logging.ERROR if status >= 500 else logging.INFO, "request", extra=fields)

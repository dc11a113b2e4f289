"""The receipt behind the QR code: whoever holds the whole address sees that one ticket; nothing is ever listed."""

import hashlib
import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from comptoir.api.problems import Problem
from comptoir.api.rate import spend
from comptoir.apps.access.rights import PUBLIC, declare
from comptoir.apps.fiscal.models import Record
from comptoir.apps.settings.queries import main_establishment
from comptoir.config.answers import refusal
from comptoir.exchange.receipts.html import as_html
from comptoir.exchange.receipts.pdf import as_pdf
from comptoir.exchange.receipts.sealed import ticket_of_token, ticket_paper

logger = logging.getLogger("comptoir.public")

# A customer opens a page and its PDF; somebody trying addresses meets these, then 2^132 tokens.
FROM_ONE = {"per_second": 0.5, "burst": 20.0}
FROM_ALL = {"per_second": 10.0, "burst": 200.0}
# Nothing is fetched but the style sheet; the address, which is the secret, is told to nobody.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

# In the language of the shop's papers, whatever the browser of the customer asks for.
WORDS = {
    "fr": {"copy": "Copie numérique de votre ticket.", "keep": "Enregistrer en PDF"},
    "nl": {"copy": "Digitale kopie van uw kasticket.", "keep": "Bewaren als pdf"},
}


@declare(PUBLIC)
@require_safe
def public_receipt(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The ticket as a page; the same 404 for whatever is not a ticket with its own token."""
    record, refused = _found(request, number, token)
    if record is None:
        return _closed(refused)
    place = main_establishment()
    context = {
        "paper": mark_safe(as_html(ticket_paper(record))),  # noqa: S308, every text in it is escaped
        "number": number, "shop": place.name, "lang": place.language, "pdf": f"{token}/ticket.pdf",
        "words": WORDS.get(place.language, WORDS["fr"]),
    }  # fmt: skip
    return _closed(render(request, "public_receipt.html", context))


@declare(PUBLIC)
@require_safe
def public_receipt_pdf(request: HttpRequest, number: str, token: str) -> HttpResponse:
    record, refused = _found(request, number, token)
    if record is None:
        return _closed(refused)
    answer = HttpResponse(as_pdf(ticket_paper(record), title=f"Ticket {number}"), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="ticket-{number}.pdf"'
    return _closed(answer)


def _found(request: HttpRequest, number: str, token: str) -> tuple[Record | None, HttpResponse]:
    who = hashlib.sha256(_visitor(request).encode()).hexdigest()[:16]
    try:
        spend(f"public-{who}", **FROM_ONE)
        spend("public", **FROM_ALL)
    except Problem as problem:
        answer = refusal(request, 429, code="too_fast")
        answer["Retry-After"] = str(problem.retry_after)
        return None, answer
    record = ticket_of_token(number, token=token)
    if record is None:
        logger.info("public receipt: no such ticket")
    return record, refusal(request, 404, code="not_found")


def _visitor(request: HttpRequest) -> str:
    """The address that asks. Behind a proxy all come from the proxy: then the one that it adds, last of those it forwards,
    or all customers of a Saturday would share one customer's patience."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _closed(answer: HttpResponse) -> HttpResponse:
    answer["Content-Security-Policy"] = POLICY
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "private, no-store"
    return answer

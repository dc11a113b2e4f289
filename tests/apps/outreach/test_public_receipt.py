"""The page behind the QR code: one ticket to whoever holds its token, the same refusal for everybody else."""

import base64
import hashlib

import pytest
from django.test import Client

from comptoir.apps.fiscal.models import Record
from comptoir.exchange.receipts.sealed import receipt_token
from tests.apps.till.shop import till_of_two_tickets


@pytest.fixture
def sold(dossier) -> Record:
    till_of_two_tickets()
    return Record.objects.get(chain="C1-1-ticket", seq=1)


@pytest.fixture
def visitor() -> Client:
    from comptoir.api import rate

    rate._buckets.clear()  # earlier visitors of this process share the loopback address
    return Client()


def test_the_token_is_made_of_the_signature(sold) -> None:
    digest = hashlib.sha256(sold.signature.encode()).digest()
    assert receipt_token(sold.signature) == base64.urlsafe_b64encode(digest).decode()[:22]


def test_the_page_and_its_pdf(dossier, sold, visitor) -> None:
    address = f"/d/{dossier.slug}/t/C1-1-1/{receipt_token(sold.signature)}"
    page = visitor.get(address)
    text = page.content.decode()
    assert page.status_code == 200 and "Ticket C1-1-1" in text and "C1-1-2" not in text
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page["Cache-Control"] == "private, no-store"
    assert page["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "<script" not in text and "style=" not in text and page.cookies == {}
    paper = visitor.get(f"{address}/ticket.pdf")
    assert paper.status_code == 200 and paper.content[:5] == b"%PDF-"
    assert paper["Content-Disposition"] == 'attachment; filename="ticket-C1-1-1.pdf"'


@pytest.mark.parametrize(
    "address",
    ["C1-1-1/AAAAAAAAAAAAAAAAAAAAAA", "C1-1-2/{token}", "C1-1-99/{empty}", "C1-1-0/{empty}", "x/{token}", "C1-1-²/{token}",
     "C1-1-1/{token}A", "C1-1-1/{short}", "C1-1-99999999999999999999/{token}"],
)  # fmt: skip
def test_everything_else_is_the_same_refusal(dossier, sold, visitor, address) -> None:
    token = receipt_token(sold.signature)
    filled = address.format(token=token, empty=receipt_token(""), short=token[:-1])
    for path in (filled, f"{filled}/ticket.pdf"):
        answer = visitor.get(f"/d/{dossier.slug}/t/{path}")
        assert answer.status_code == 404 and "Cette page n’existe pas" in answer.content.decode()
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_nothing_lists_and_nothing_is_posted(dossier, sold, visitor) -> None:
    for path in ("t/", "t/C1-1-1", "t/C1-1-1/"):
        assert visitor.get(f"/d/{dossier.slug}/{path}").status_code == 404
    assert visitor.post(f"/d/{dossier.slug}/t/C1-1-1/{receipt_token(sold.signature)}").status_code in (403, 405)


def test_whoever_tries_addresses_is_slowed_down(dossier, sold, visitor) -> None:
    statuses = [visitor.get(f"/d/{dossier.slug}/t/C1-1-1/{'A' * 22}").status_code for _ in range(25)]
    assert statuses[:20] == [404] * 20 and statuses[-1] == 429
    answer = visitor.get(f"/d/{dossier.slug}/t/C1-1-1/{receipt_token(sold.signature)}")
    assert answer.status_code == 429 and int(answer["Retry-After"]) >= 1


def test_behind_a_proxy_each_customer_has_a_patience_of_their_own(dossier, sold, visitor, settings) -> None:
    """What a visitor writes before the address that the proxy adds does not make them somebody else."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    wrong, right = (f"/d/{dossier.slug}/t/C1-1-1/{token}" for token in ("A" * 22, receipt_token(sold.signature)))
    for number in range(25):
        answer = visitor.get(wrong, headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"})
    assert answer.status_code == 429
    assert visitor.get(right, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_the_journal_never_holds_the_token(dossier, sold, visitor, caplog) -> None:
    caplog.set_level("INFO")
    token = receipt_token(sold.signature)
    visitor.get(f"/d/{dossier.slug}/t/C1-1-1/{token}")
    paths = [record.path for record in caplog.records if hasattr(record, "path")]
    assert paths == [f"/d/{dossier.slug}/t/C1-1-1/…"]

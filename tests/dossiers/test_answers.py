"""What every answer carries, and what a refusal says to people and to programs."""

import json
import logging

import pytest
from django.test import Client

from comptoir.apps.parties.models import Customer
from comptoir.config.journal_lines import JsonLine
from comptoir.config.middleware.headers import FIXED, OFFICE_POLICY, TILL_POLICY
from comptoir.dossiers.binding import Dossier, bound


@pytest.fixture
def odd(sqlite_dossier: Dossier, settings) -> str:
    settings.DOSSIER_URLCONF = "tests.dossiers.odd_urls"
    return f"/d/{sqlite_dossier.slug}/"


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_every_answer_is_closed(odd: str, visitor: Client) -> None:
    for path in ("/", "/sante", "/nulle-part", "/static/config/plain.css", f"{odd}connexion/", f"{odd}panne/", odd):
        answer = visitor.get(path)
        assert {name: answer[name] for name in FIXED} == FIXED, path
        assert answer["Content-Security-Policy"] == OFFICE_POLICY, path
        assert len(answer["X-Request-Id"]) == 12, path
        expected = "max-age=300, public" if path.startswith("/static/") else "no-store"
        assert answer["Cache-Control"] == expected, path


def test_a_failure_tells_its_number_and_nothing_else(odd: str, visitor: Client) -> None:
    page, document = visitor.get(f"{odd}panne/"), visitor.get(f"{odd}api/panne/")
    assert (page.status_code, document.status_code) == (500, 500)
    assert page["X-Request-Id"] in page.content.decode()
    assert document["Content-Type"] == "application/problem+json"
    problem = json.loads(document.content)
    assert (problem["type"], problem["status"], problem["code"]) == (
        "urn:comptoir:problem:unexpected",
        500,
        "unexpected",
    )
    assert problem["instance"] == f"urn:comptoir:request:{document['X-Request-Id']}"
    for answer in (page, document):
        assert "4971" not in answer.content.decode() and "ValueError" not in answer.content.decode()


def test_a_view_that_declares_nothing_opens_for_nobody(odd: str, visitor: Client) -> None:
    answer = visitor.get(f"{odd}oubli/")
    assert answer.status_code == 403
    assert "ouvert à tous les vents" not in answer.content.decode()


def test_a_streamed_answer_reads_its_own_dossier(odd: str, visitor: Client) -> None:
    for code, name in (("C1", "Dupont"), ("C2", "Élodie")):
        Customer.objects.create(code=code, name=name)
    with bound(None):  # the server reads the parts after the request: nothing is bound then
        assert b"".join(visitor.get(f"{odd}flot/")).decode() == "Dupont\nÉlodie\n"


@pytest.mark.parametrize(
    ("length", "status", "code"),
    [(str(12 * 1024 * 1024 + 1), 413, "too_large"), ("9" * 40, 413, "too_large"), ("-1", 400, "bad_request"),
     ("1e3", 400, "bad_request")],
)  # fmt: skip
def test_an_oversized_or_senseless_body_is_not_read(visitor: Client, length: str, status: int, code: str) -> None:
    answer = visitor.post("/api/till/records", b"{}", content_type="application/json", CONTENT_LENGTH=length)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)


def test_trace_is_off(visitor: Client) -> None:
    assert visitor.generic("TRACE", "/").status_code == 405


def test_an_unknown_host_is_refused(visitor: Client, sqlite_dossier: Dossier) -> None:
    assert visitor.get(f"/d/{sqlite_dossier.slug}/connexion/", headers={"host": "ailleurs.example"}).status_code == 400


def test_a_line_of_the_journal_leaks_nothing() -> None:
    try:
        raise ValueError("mot de passe : secret")
    except ValueError as problem:
        record = logging.LogRecord(
            "comptoir", logging.ERROR, "f.py", 1, "failed", None, (ValueError, problem, problem.__traceback__)
        )
    record.request_id, record.password, record.token = "abc", "secret", "secret"
    line = json.loads(JsonLine().format(record))
    assert (line["message"], line["request_id"], line["exception"]) == ("failed", "abc", "ValueError")
    assert "secret" not in json.dumps(line)


class TestTillFiles:
    @pytest.fixture
    def built(self, tmp_path, settings):
        settings.WEB_DIST = tmp_path / "dist"
        till = settings.WEB_DIST / "till"
        (till / "assets").mkdir(parents=True)
        (till / "index.html").write_text("<!doctype html><title>Caisse</title>")
        (till / "sw.js").write_text("self.addEventListener('fetch', () => {});")
        (till / "assets" / "engine-4f3a9b21.wasm").write_bytes(b"\x00asm" + bytes(4000))
        (settings.WEB_DIST / "secret.html").write_text("non")
        return till

    def test_the_shell_is_the_same_for_all_and_revalidated(
        self, built, sqlite_dossier: Dossier, client: Client
    ) -> None:
        page = client.get(f"/d/{sqlite_dossier.slug}/caisse/")
        assert page.content == (built / "index.html").read_bytes()
        assert (page["Cache-Control"], page["Content-Security-Policy"]) == ("no-cache", TILL_POLICY)
        assert page.cookies == {}
        again = client.get(f"/d/{sqlite_dossier.slug}/caisse/", headers={"if-none-match": page["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_the_service_worker_has_the_page_s_scope(self, built, sqlite_dossier: Dossier, client: Client) -> None:
        worker = client.get(f"/d/{sqlite_dossier.slug}/caisse/sw.js")
        assert (worker["Content-Type"], worker["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
        assert worker["Content-Security-Policy"] == TILL_POLICY

    def test_hashed_files_are_immutable_and_packed(self, built, sqlite_dossier: Dossier, client: Client) -> None:
        address = f"/d/{sqlite_dossier.slug}/caisse/assets/engine-4f3a9b21.wasm"
        plain, packed = client.get(address), client.get(address, headers={"accept-encoding": "br, gzip"})
        assert plain["Content-Type"] == "application/wasm"
        assert plain["Cache-Control"] == "public, max-age=31536000, immutable"
        assert packed["Content-Encoding"] == "gzip" and len(packed.content) < 100
        assert "Content-Encoding" not in plain

    @pytest.mark.parametrize(
        "name", ["../secret.html", "..%2fsecret.html", "absent.js", "a" * 300, "x%00.js", "index.php"]
    )
    def test_nothing_else_is_served(self, built, sqlite_dossier: Dossier, client: Client, name: str) -> None:
        assert client.get(f"/d/{sqlite_dossier.slug}/caisse/{name}").status_code == 404

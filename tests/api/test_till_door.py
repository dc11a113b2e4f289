"""`POST records` before Django's layers: the same answers as through them, the same headers, nothing else taken."""

import io
import json
from typing import Any, NamedTuple

import pytest
from django.db import OperationalError
from django.test import Client

from comptoir.apps.fiscal.models import Record
from comptoir.config import till_door
from comptoir.config.till_door import TillDoor
from tests.apps.till.shop import Till, enrolled_till, set_up_shop

HOST = "127.0.0.1:8000"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


class Passed(Exception):
    """The request went on to Django."""


def behind(environ, start_response):
    assert environ["wsgi.input"].tell() == 0, "its body had been read"
    raise Passed


def knock(slug: str, raw: bytes, *, token: str, **more: str) -> Answer:
    told: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"/d/{slug}/api/till/records", "HTTP_HOST": HOST, "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw), "wsgi.url_scheme": "http", **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
        **more,
    }  # fmt: skip
    content = b"".join(TillDoor(behind)(environ, lambda status, headers: told.append((status, headers))))
    status, headers = told[0]
    assert len(dict(headers)) == len(headers), "a header was given twice"
    assert dict(headers)["Content-Length"] == str(len(content))
    return Answer(int(status[:3]), dict(headers), json.loads(content))


def through_django(slug: str, raw: bytes, *, token: str) -> Answer:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = Client().post(f"/d/{slug}/api/till/records", raw, content_type="application/json", headers=headers)
    return Answer(answer.status_code, dict(answer.headers), answer.json())


@pytest.fixture
def till(dossier) -> Till:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    return till


def test_a_batch_is_stored_and_answered(dossier, till) -> None:
    raw = json.dumps({"records": [*till.waiting(), till.sell(), till.sell()]}).encode()
    first = knock(dossier.slug, raw, token=till.token)
    assert first.status == 200 and [one["status"] for one in first.body["results"]] == ["stored"] * 3
    assert first.body["heads"] == [{"chain": "C1-1-cash", "seq": 1}, {"chain": "C1-1-ticket", "seq": 2}]
    again = through_django(dossier.slug, raw, token=till.token)
    assert [one["status"] for one in again.body["results"]] == ["duplicate"] * 3
    named = {name: value for name, value in again.headers.items() if name not in ("X-Request-Id", "Content-Length")}
    assert {name: first.headers.get(name) for name in named} == named
    assert first.headers.keys() == again.headers.keys()


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b'{"records": 3}', b'{"records": [1.5]}', b'{"records": [{}]}', b"\xff", b'{"records": []}',
     b'{"records":' + b"[" * 100_000, json.dumps({"records": [{}] * 201}).encode()],
)  # fmt: skip
def test_what_is_refused_is_refused_in_the_same_words(dossier, till, raw) -> None:
    before = Record.objects.count()
    here, there = (way(dossier.slug, raw, token=till.token) for way in (knock, through_django))
    assert (here.status, here.body) == (there.status, there.body)
    assert here.headers["Content-Type"] == there.headers["Content-Type"]
    assert Record.objects.count() == before


@pytest.mark.parametrize("token", ["", "nobody"])
def test_no_device_no_answer(dossier, till, token) -> None:
    here, there = (way(dossier.slug, b'{"records": []}', token=token) for way in (knock, through_django))
    assert (here.status, here.body) == (there.status, there.body) and here.status == 401


@pytest.mark.parametrize(
    "odd",
    [{"REQUEST_METHOD": "GET"}, {"HTTP_HOST": "elsewhere.example"}, {"HTTP_HOST": ""}, {"CONTENT_LENGTH": ""},
     {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "99999999"}, {"PATH_INFO": "/d/nowhere/api/till/records"},
     {"PATH_INFO": "/d/essai/api/till/heads"}],
)  # fmt: skip
def test_anything_unusual_goes_on_to_django_unread(dossier, till, odd) -> None:
    with pytest.raises(Passed):
        knock(dossier.slug, b'{"records": []}', token=till.token, **odd)


def test_a_database_that_is_gone_is_no_fault_of_the_till(dossier, till, monkeypatch) -> None:
    def gone(*_arguments, **_more):
        raise OperationalError("gone")

    monkeypatch.setattr(till_door, "received_answer", gone)
    answer = knock(dossier.slug, b'{"records": []}', token=till.token)
    assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (503, "not_written", "2")


def test_a_mistake_of_ours_is_told_without_its_details(dossier, till, monkeypatch) -> None:
    monkeypatch.setattr(till_door, "received_answer", lambda *_arguments, **_more: {}["secret"])
    answer = knock(dossier.slug, b'{"records": []}', token=till.token)
    assert (answer.status, answer.body["code"]) == (500, "unexpected") and "secret" not in json.dumps(answer.body)


def test_over_tls_the_browser_is_told_to_stay_there(dossier, till) -> None:
    answer = knock(dossier.slug, b'{"records": []}', token=till.token, **{"wsgi.url_scheme": "https"})
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in knock(dossier.slug, b'{"records": []}', token=till.token).headers


def test_success_is_not_journalled_refusals_are(dossier, till, caplog) -> None:
    with caplog.at_level("INFO", logger="comptoir.requests"):
        knock(dossier.slug, b'{"records": []}', token=till.token)
        assert caplog.records == []
        knock(dossier.slug, b"x", token=till.token)
    assert [(one.status, one.path) for one in caplog.records] == [(400, f"/d/{dossier.slug}/api/till/records")]

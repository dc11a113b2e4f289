"""The till's API over HTTP: enrolment, bootstrap, catalogue, records, refusals that write nothing."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.services.save_article import create_article, update_article
from comptoir.apps.catalog.services.save_family import save_family, set_keys
from comptoir.apps.fiscal.models import Event, KeptRecord, Record
from comptoir.apps.till.models import Device, EnrolmentCode
from comptoir.apps.till.services.enrol_register import create_enrolment_code, revoke_device
from comptoir.exchange.replay.keys import RegisterKey
from tests.apps.till.shop import Till, enrolled_till, set_up_shop


class Caller:
    """A till's side of HTTP."""

    def __init__(self, slug: str, token: str = "") -> None:
        self._client = Client()
        self._root = f"/d/{slug}/api/till/"
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str):
        return self._client.get(self._root + path, headers=self.headers)

    def post(self, path: str, body):
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body, ensure_ascii=False)
        return self._client.post(self._root + path, raw, content_type="application/json", headers=self.headers)


@pytest.fixture
def till(dossier) -> Till:
    set_up_shop("C1", "C2")
    return enrolled_till()


@pytest.fixture
def caller(dossier, till) -> Iterator[Caller]:
    yield Caller(dossier.slug, till.token)


def written() -> tuple[int, ...]:
    return (Record.objects.count(), KeptRecord.objects.count(), Event.objects.count(), Device.objects.count())


def problem(answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:comptoir:problem:{body['code']}" and body["status"] == answer.status_code
    return answer.status_code, body["code"]


def test_enrolment_over_http(dossier) -> None:
    set_up_shop("C1")
    code, key = create_enrolment_code("C1"), RegisterKey()
    request = {
        "code": code, "public_key": key.public_base64(), "proof": key.sign("comptoir-enrol:" + code),
        "origin": "http://127.0.0.1",
    }  # fmt: skip
    caller = Caller(dossier.slug)
    answer = caller.post("enrol", request)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["register"], body["generation"], body["slug"]) == ("C1", 1, dossier.slug)
    assert (body["dossier"], body["establishment"]) == (str(dossier.uuid), "73282932000074")
    assert json.loads(body["enrolment"]["body"])["enrolled"]["thumbprint"] == key.thumbprint
    assert answer.cookies == {}
    again = caller.post("enrol", request).json()  # the answer was lost: same generation, fresh token
    assert again["generation"] == 1 and again["token"] != body["token"] and Device.objects.count() == 1
    assert problem(Caller(dossier.slug, body["token"]).get("heads")) == (401, "revoked")
    assert Caller(dossier.slug, again["token"]).get("heads").json() == {
        "heads": [], "perpetual": {"algebraic_minor": 0, "absolute_minor": 0}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"code": "AAAAA-AAAAA"}, 403, "bad_proof"),
        ({"proof": "A" * 86}, 403, "bad_proof"),
        ({"public_key": "bm90IGEga2V5"}, 400, "bad_key"),
        ({"public_key": 12}, 400, "wrong_shape"),
    ],
)
def test_a_refused_enrolment_writes_nothing(dossier, change, status, code) -> None:
    set_up_shop("C1")
    good, key = create_enrolment_code("C1"), RegisterKey()
    before = written()
    request = {
        "code": good, "public_key": key.public_base64(), "proof": key.sign("comptoir-enrol:" + good),
        "origin": "http://127.0.0.1", **change,
    }  # fmt: skip
    assert problem(Caller(dossier.slug).post("enrol", request)) == (status, code)
    assert written() == before
    assert EnrolmentCode.objects.get().used_at is None


def test_another_device_cannot_spend_a_used_code(dossier) -> None:
    set_up_shop("C1")
    code = create_enrolment_code("C1")
    answers = []
    for key in (RegisterKey(), RegisterKey()):
        request = {
            "code": code,
            "public_key": key.public_base64(),
            "proof": key.sign("comptoir-enrol:" + code),
            "origin": "x",
        }
        answers.append(Caller(dossier.slug).post("enrol", request))
    assert answers[0].status_code == 200 and problem(answers[1]) == (409, "code_used")
    assert Device.objects.count() == 1


def test_a_revoked_device_is_refused_at_its_next_call(dossier, till, caller) -> None:
    assert caller.get("heads").status_code == 200
    assert revoke_device("C1", generation=1) is True
    record = till.open()
    before = written()
    assert problem(caller.get("heads")) == (401, "revoked")
    assert problem(caller.post("records", {"records": [record]})) == (401, "revoked")
    assert problem(Caller(dossier.slug).get("bootstrap")) == (401, "no_token")
    assert written() == before
    assert revoke_device("C1", generation=1) is False


def test_records_over_http(till, caller) -> None:
    till.open()
    till.sell()
    batch = till.waiting()
    answer = caller.post("records", {"records": batch})
    assert answer.status_code == 200
    assert answer.json() == {
        "results": [{"id": one["id"], "status": "stored", "code": "", "detail": ""} for one in batch],
        "heads": [{"chain": "C1-1-cash", "seq": 1}, {"chain": "C1-1-ticket", "seq": 1}],
    }
    again = caller.post("records", {"records": batch}).json()
    assert [one["status"] for one in again["results"]] == ["duplicate", "duplicate"]
    heads = caller.get("heads").json()
    assert heads["heads"][1] == {"chain": "C1-1-ticket", "seq": 1, "signature": batch[1]["signature"]}
    assert heads["perpetual"] == {"algebraic_minor": 120, "absolute_minor": 120}


MALFORMED = {
    "not json": (b'{"records": [', 400, "not_json"),
    "a float": (b'{"records": [{"seq": 1.5}]}', 400, "not_json"),
    "a list": (b"[]", 400, "wrong_shape"),
    "unknown field": (b'{"records": [], "more": 1}', 400, "wrong_shape"),
    "not records": (b'{"records": 3}', 400, "wrong_shape"),
    "a number": (b'{"records": [3]}', 400, "wrong_shape"),
    "latin-1": '{"records": ["é"]}'.encode("latin-1"),
    "deep": b'{"records": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_batch_is_refused_whole(caller, name) -> None:
    case = MALFORMED[name]
    body, status, code = case if isinstance(case, tuple) else (case, 400, "not_json")
    before = written()
    assert problem(caller.post("records", body)) == (status, code)
    assert written() == before


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "1"},
        {"seq": 0},
        {"seq": True},
        {"seq": 2**60},
        {"body": {}},
        {"signature": None},
        {"more": 1},
        {"id": "x" * 200},
    ],
)
def test_an_envelope_of_another_shape_is_refused_with_its_place(till, caller, change) -> None:
    good = till.open()
    wrong = {**till.sell(), **change}
    before = written()
    answer = caller.post("records", {"records": [good, wrong]})
    assert problem(answer) == (400, "wrong_shape")
    assert answer.json()["pointer"] == f"records/1/{next(iter(change))}"
    assert written() == before


def test_too_many_and_too_large(till, caller) -> None:
    record = till.open()
    before = written()
    assert problem(caller.post("records", {"records": [record] * 201})) == (413, "too_many")
    heavy = {**record, "body": "x" * 1_500_000}
    assert problem(caller.post("records", {"records": [heavy, heavy]})) == (413, "too_large")
    assert problem(caller.post("records", b'{"records": [' + b" " * 7_000_000 + b"]}")) == (413, "too_large")
    assert written() == before


def test_another_tills_record_is_kept_not_booked(till, caller) -> None:
    other = enrolled_till("C2")
    record = other.open()
    result = caller.post("records", {"records": [record]}).json()["results"][0]
    assert (result["status"], result["code"]) == ("kept", "foreign_chain")
    assert not Record.objects.filter(chain="C2-1-cash").exists()
    assert Event.objects.filter(code=9105).count() == 1


def test_bootstrap_and_catalogue(dossier, caller) -> None:
    save_family("epicerie", name="Épicerie", colour=3, by=COMMAND_LINE)
    honey = create_article(
        ArticleInput(
            "MIEL", "Miel d’acacia 🐝", 84_500, 550, family="epicerie", barcodes=(("3017620422003", 1000), ("17", 6000))
        ),
        by=COMMAND_LINE,
    )
    set_keys("*", articles=[honey.id], by=COMMAND_LINE)
    start = caller.get("bootstrap").json()
    assert start["families"] == [{"code": "epicerie", "name": "Épicerie", "colour": 3, "position": 0}]
    assert start["keys"] == [{"article": str(honey.id), "family": "*", "position": 0}]
    assert (start["country"], start["mode"], start["cash_rounding"], start["zone"]) == (
        "FR",
        "TTC",
        "none",
        "Europe/Paris",
    )
    manifest = caller.get("catalogue/manifest").json()
    assert (manifest["count"], manifest["chunks"]) == (1, 1)
    assert manifest["version"] == start["catalogue_version"]
    row = [
        str(honey.id), "MIEL", "Miel d’acacia 🐝", "epicerie", "goods", "pce", 84_500, 550, 4,
        ["3017620422003", ["17", 6000]], 0, None, None,
    ]  # fmt: skip
    assert caller.get(f"catalogue/chunks/{manifest['version']}/0").json() == {"articles": [row]}
    asked = ArticleInput("MIEL", "Miel d’acacia", 89_900, 550, family="epicerie")
    update_article(honey.id, asked=asked, by=COMMAND_LINE)
    changed = caller.get(f"catalogue/delta?since={manifest['version']}").json()
    assert changed["version"] == manifest["version"] + 1
    assert changed["articles"] == [
        [str(honey.id), "MIEL", "Miel d’acacia", "epicerie", "goods", "pce", 89_900, 550, 4, [], 0, None, None]
    ]
    assert caller.get(f"catalogue/delta?since={changed['version']}").json()["articles"] == []
    assert problem(caller.get("catalogue/delta?since=9999")) == (410, "too_old")
    assert problem(caller.get("catalogue/delta?since=x")) == (400, "wrong_shape")
    assert problem(caller.get("catalogue/chunks/1/0")) == (410, "too_old")


def test_methods_and_cookies(caller) -> None:
    answer = caller.get("records")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.cookies == {}

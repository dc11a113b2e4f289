"""Baskets set aside, over HTTP: told, seen by every register, taken by one, on both engines."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from comptoir.apps.till.models import ParkedBasket
from comptoir.dossiers.binding import bound
from tests.apps.till.shop import enrolled_till, set_up_shop

BASKET = {
    "id": "01990000-0000-7000-8000-000000000001", "label": "veste bleue", "name": "Veste + 2", "operator": "Léa Martin",
    "lines": 3, "total_minor": 8900, "at": "2026-11-22T14:32:00Z", "basket": '{"lines":[]}',
}  # fmt: skip


class Asking:
    """One register's calls."""

    def __init__(self, slug: str, register: str) -> None:
        self.slug, self.token = slug, enrolled_till(register).token

    def __call__(self, path: str, body: dict | None = None):
        client, headers = Client(), {"Authorization": f"Bearer {self.token}"}
        address = f"/d/{self.slug}/api/till/{path}"
        if body is None:
            return client.get(address, headers=headers)
        return client.post(address, json.dumps(body), content_type="application/json", headers=headers)

    def take(self, request: str, basket: str = BASKET["id"]):
        return self(f"parked/{basket}/take", {"request": request, "operator": "Karim Benali"})


@pytest.fixture
def two(dossier):
    set_up_shop("C1", "C2")
    return Asking(dossier.slug, "C1"), Asking(dossier.slug, "C2")


@pytest.mark.feature("TILL-11")
def test_a_basket_is_told_once_and_taken_by_one_register(two) -> None:
    first, second = two
    assert [first("parked", BASKET).json()["status"] for _ in range(2)] == ["stored", "duplicate"]
    (told,) = second("parked").json()["baskets"]
    assert told == {
        "id": BASKET["id"], "register": "C1", "label": "veste bleue", "name": "Veste + 2", "operator": "Léa Martin",
        "lines": 3, "total_minor": 8900, "at": "2026-11-22T14:32:00Z", "taken": None,
    }  # fmt: skip
    request = str(uuid4())
    answers = [second.take(request).json() for _ in range(2)]  # the answer was lost: asked again, the same
    assert answers == [{"id": BASKET["id"], "from": "C1", "operator": "Léa Martin", "basket": '{"lines":[]}'}] * 2
    late = first.take(str(uuid4()))
    assert (late.status_code, late.json()["code"]) == (409, "basket_taken")
    assert first("parked").json()["baskets"][0]["taken"] == {"register": "C2", "operator": "Karim Benali"}
    assert second("parked").json()["baskets"] == []
    again = first("parked", {**BASKET, "at": "2026-11-22T15:00:00Z"}).json()  # what C1 still shows is no longer its own
    assert (again["status"], again["by"]) == ("taken", {"register": "C2", "operator": "Karim Benali"})
    assert ParkedBasket.objects.get().taken_register == "C2"


@pytest.mark.feature("TILL-11")
def test_a_register_takes_its_own_and_sets_it_aside_again(two) -> None:
    first, second = two
    first("parked", BASKET)
    assert first.take(str(uuid4())).status_code == 200
    assert second("parked").json()["baskets"] == []
    assert first("parked", BASKET).json()["status"] == "duplicate"  # an old word that arrives late
    later = {**BASKET, "at": "2099-01-01T00:00:00Z", "lines": 4}
    assert first("parked", later).json()["status"] == "stored"
    assert [row["lines"] for row in second("parked").json()["baskets"]] == [4]
    other = second("parked", {**BASKET, "name": "À moi"}).json()  # the id of another register's basket
    assert (other["status"], ParkedBasket.objects.get().name) == ("taken", "Veste + 2")


@pytest.mark.parametrize(
    ("body", "where"),
    [({**BASKET, "lines": "3"}, "lines"), ({**BASKET, "at": "hier"}, "at"), ({**BASKET, "id": "x"}, "id"),
     ({**BASKET, "label": "a" * 61}, "label"), ({**BASKET, "basket": ""}, "basket"), ({"id": "x"}, "at")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_whole(two, body, where) -> None:
    answer = two[0]("parked", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_shape")
    assert two[0].take("x", str(uuid4())).status_code == 400
    assert two[0].take(str(uuid4()), str(uuid4())).status_code == 404
    assert not ParkedBasket.objects.exists()


@pytest.mark.feature("TILL-11")
def test_twelve_requests_at_once_have_one_winner(dossier_copy) -> None:
    set_up_shop("C1", "C2")
    first, second = Asking(dossier_copy.slug, "C1"), Asking(dossier_copy.slug, "C2")
    first("parked", BASKET)

    def one(place: int) -> int:
        try:
            with bound(dossier_copy):
                return (first, second)[place % 2].take(str(uuid4())).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = sorted(pool.map(one, range(12)))
    assert answers == [200] + [409] * 11

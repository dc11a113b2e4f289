"""Every address declares who may open it; those open to everybody are listed here, one by one."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from comptoir.apps.access.rights import DEVICE, PUBLIC, RIGHTS, SIGNED_IN, declare, declared_right
from comptoir.dossiers.binding import Dossier

OPEN_TO_ALL = {
    "", "sante", "connexion/", "caisse/", "caisse/<path:name>",
    # One ticket, to whoever holds the token made of its signature.
    "t/<str:number>/<str:token>", "t/<str:number>/<str:token>/ticket.pdf",
}  # fmt: skip
API = "api/till/"
# Reached before the till has a token, or by an <img>, which carries none: pictures are named by their own digest.
OPEN_TO_TILLS = {"enrol", "photos/<str:digest>"}


def addresses(urlconf: str) -> Iterator[tuple[str, URLPattern]]:
    def walk(patterns, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield path, pattern
            else:
                yield from walk(pattern.url_patterns, path)

    yield from walk(get_resolver(urlconf).url_patterns, "")


def all_addresses() -> list[tuple[str, URLPattern]]:
    return [*addresses("comptoir.config.urls"), *addresses("comptoir.config.dossier_urls")]


def test_every_address_declares_a_right() -> None:
    known = {PUBLIC, SIGNED_IN, DEVICE, *RIGHTS}
    silent = [
        path
        for path, pattern in all_addresses()
        if not path.startswith(API) and declared_right(pattern.callback) not in known
    ]
    assert silent == []


def test_the_addresses_open_to_all_are_known() -> None:
    opened = {path for path, pattern in all_addresses() if declared_right(pattern.callback) == PUBLIC}
    assert opened == OPEN_TO_ALL


def test_every_address_of_the_api_asks_for_the_token_of_a_till(sqlite_dossier: Dossier, client: Client) -> None:
    """Without a token, or with an unknown one, whatever the method: 401, or 405 for a method it does not have."""
    paths = [path for path, _ in addresses("comptoir.config.dossier_urls") if path.startswith(API)]
    assert paths != []
    answers = {
        (path, method, answer.status_code)
        for path in paths
        if path.removeprefix(API) not in OPEN_TO_TILLS
        for method in ("get", "post", "put", "delete")
        for headers in ({}, {"authorization": "Bearer unknown"})
        for answer in [getattr(client, method)(f"/d/{sqlite_dossier.slug}/{filled(path)}", headers=headers)]
    }
    assert {answer for answer in answers if answer[2] not in (401, 405)} == set()
    assert {path for path, _, status in answers if status == 401} == {
        path for path in paths if path.removeprefix(API) not in OPEN_TO_TILLS
    }


def filled(path: str) -> str:
    """An address with its parameters replaced by something of their type."""
    sample = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": str(UUID(int=7 << 76 | 2 << 62))}
    return re.sub(r"<(?:(\w+):)?\w+>", lambda match: sample[match[1] or "str"], path)


def test_a_view_cannot_declare_a_right_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        declare("catalog.burn")

"""The soft till's HTTP side: enrolment, bootstrap and sending of records, over the same routes as the browser till."""

from collections.abc import Sequence
from typing import Any

import httpx

from .keys import RegisterKey
from .ports import Record, TransportLost, TransportRefused
from .softtill import Place

SOFTWARE = "comptoir-replay/1"


def problem_of(response: httpx.Response) -> TransportRefused:
    try:
        body = response.json()
    except ValueError:
        body = {}
    return TransportRefused(
        status=response.status_code,
        code=str(body.get("code", "http")),
        detail=str(body.get("detail") or body.get("title") or response.text[:200]),
    )


class Connection:
    """One dossier's till API at `base_url` (`http://127.0.0.1:8000/d/<slug>`)."""

    def __init__(self, *, base_url: str, token: str | None = None, timeout: float = 60.0) -> None:
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/api/till/", timeout=timeout, trust_env=False, follow_redirects=False
        )
        self.token = ""
        if token:
            self.use_token(token)

    def use_token(self, token: str) -> None:
        self.token = token
        self._client.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, body)

    def post_records(self, records: Sequence[Record]) -> dict[str, Any]:
        return self.post("records", {"records": list(records)})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, json=body)
        except httpx.TransportError as lost:
            raise TransportLost(str(lost)) from lost
        if response.status_code >= 400:
            raise problem_of(response)
        try:
            return response.json()
        except ValueError as half:
            raise TransportLost("the answer is not JSON") from half


class Enrolled:
    """What enrolment gave: the connection with its token, the register's key and where the till stands."""

    __slots__ = ("bootstrap", "connection", "enrolment", "key", "place")

    def __init__(
        self, *, connection: Connection, key: RegisterKey, place: Place, enrolment: dict[str, Any], bootstrap: dict
    ) -> None:
        self.connection = connection
        self.key = key
        self.place = place
        self.enrolment = enrolment
        self.bootstrap = bootstrap


def enrol(*, base_url: str, code: str, key: RegisterKey | None = None) -> Enrolled:
    """Spends a manager's one-time code: proves possession of the key, then fetches the till's settings."""
    key = key or RegisterKey()
    connection = Connection(base_url=base_url)
    origin = str(httpx.URL(base_url).copy_with(raw_path=b"/"))[:-1]
    enrolment = connection.post(
        "enrol",
        {
            "code": code,
            "public_key": key.public_base64(),
            "proof": key.sign("comptoir-enrol:" + code),
            "origin": origin,
        },
    )
    connection.use_token(enrolment["token"])
    bootstrap = connection.get("bootstrap")
    return Enrolled(
        connection=connection,
        key=key,
        place=place_of(enrolment=enrolment, bootstrap=bootstrap),
        enrolment=enrolment,
        bootstrap=bootstrap,
    )


def place_of(*, enrolment: dict[str, Any], bootstrap: dict[str, Any], engine: str = "1") -> Place:
    kinds = sorted(bootstrap["tenders"], key=lambda tender: tender.get("position", 0))
    return Place(
        dossier=enrolment["dossier"],
        establishment=enrolment["establishment"],
        register=enrolment["register"],
        generation=enrolment["generation"],
        engine=engine,
        pack=bootstrap["pack"],
        catalogue=bootstrap["catalogue_version"],
        software=SOFTWARE,
        mode=bootstrap["mode"],
        currency=bootstrap["currency"],
        country=bootstrap["country"],
        cash_rounding=bootstrap["cash_rounding"],
        tender_types=tuple({k: v for k, v in kind.items() if k != "position"} for kind in kinds),
        perpetual=enrolment["perpetual"],
    )


def time_zone_of(bootstrap: dict[str, Any]) -> str:
    """The shop's time zone; `zone` may also name a VAT zone, which then says nothing about time."""
    zone = bootstrap.get("time_zone") or bootstrap["zone"]
    return zone if "/" in zone else {"BE": "Europe/Brussels"}.get(bootstrap["country"], "Europe/Paris")

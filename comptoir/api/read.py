"""Reading of request bodies: size, JSON, and the strict shape of envelopes. What does not fit is refused whole."""

import json
from typing import Any

from django.http import HttpRequest

from comptoir.apps.fiscal.exact_json import read_exact

from .problems import Problem

MAX_BYTES = 2_000_000
MAX_RECORDS = 200
MAX_SINGLE_BYTES = 6_000_000  # one ticket of 2,000 lines weighs more than the usual batch
_TEXTS = {"id": 100, "chain": 100, "type": 40, "to_sign": 4_000, "signature": 200, "body": MAX_SINGLE_BYTES}
_FIELDS = {*_TEXTS, "seq"}

Received = tuple[dict[str, Any], list[dict[str, Any]]]


def read_object(request: HttpRequest, *, limit: int = 100_000) -> dict[str, Any]:
    """The JSON object of a request body; raises Problem 413 or 400."""
    return object_in(request.read(limit + 1), limit=limit)


def object_in(raw: bytes, *, limit: int) -> dict[str, Any]:
    """The JSON object written in these bytes, at most `limit` of them; raises Problem 413 or 400."""
    if len(raw) > limit:
        raise Problem(413, "too_large")
    value = _read(raw)
    if not isinstance(value, dict):
        raise Problem(400, "wrong_shape")
    return value


def records_in(raw: bytes) -> list[Received]:
    """The envelopes of a batch with their print intents; raises Problem for the first thing that does not fit."""
    value = object_in(raw, limit=MAX_SINGLE_BYTES)
    records = value.get("records")
    if set(value) != {"records"} or not isinstance(records, list):
        raise Problem(400, "wrong_shape", where="records")
    if len(records) > MAX_RECORDS:
        raise Problem(413, "too_many")
    if len(records) > 1 and len(raw) > MAX_BYTES:
        raise Problem(413, "too_large")
    return [_record(record, where=f"records/{index}") for index, record in enumerate(records)]


def text_field(value: dict[str, Any], name: str, *, limit: int) -> str:
    """A required text of at most `limit` characters."""
    text = value.get(name)
    if not isinstance(text, str) or not text or len(text) > limit:
        raise Problem(400, "wrong_shape", where=name)
    return text


def _read(raw: bytes) -> Any:
    try:
        return read_exact(raw)
    except (ValueError, RecursionError):
        pass  # half a surrogate pair, for one: the standard library reads it, and reception keeps the record aside
    try:
        return json.loads(raw, parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError) as problem:
        raise Problem(400, "not_json") from problem


def _refused(text: str) -> None:
    raise ValueError(f"not an integer: {text[:20]}")


def _record(record: Any, *, where: str) -> Received:
    if not isinstance(record, dict):
        raise Problem(400, "wrong_shape", where=where)
    prints = record.pop("print", None) or []
    if record.keys() != _FIELDS:
        odd = sorted(record.keys() ^ _FIELDS)[0]
        raise Problem(400, "wrong_shape", where=f"{where}/{odd[:40]}")
    for name, limit in _TEXTS.items():
        if not isinstance(record[name], str) or len(record[name]) > limit:
            raise Problem(400, "wrong_shape", where=f"{where}/{name}")
    if type(record["seq"]) is not int or not 1 <= record["seq"] <= 2**53:
        raise Problem(400, "wrong_shape", where=f"{where}/seq")
    if not isinstance(prints, list):
        raise Problem(400, "wrong_shape", where=f"{where}/print")
    return record, [one for one in prints if isinstance(one, dict)][:10]

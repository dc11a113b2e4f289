"""Records that the server itself seals, on its own chains `S-<generation>-<type>`: enrolments and technical events."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from comptoir import __version__
from comptoir.engine.seal import prefix_of

from ..chains import SERVER, Chain
from ..event_codes import SERVER_KEY_CHANGED, event_label
from ..identifiers import uuid7
from ..models import SealingKey
from ..projection import compact, event_row, record_row, sealable
from ..queries import NO_HEAD, chain_names, heads_of, latest_generation, sealing_key
from ..raw_rows import insert_rows
from ..restorations import next_generation
from ..sealed import Sealed, signature_digest
from ..server_key import ServerKeyMissing, create_server_key, dossier_id, load_server_key
from ..signatures import public_bytes, sign, thumbprint
from ..tables import EVENTS, RECORDS

Operator = dict[str, str]
THE_SERVER: Operator = {"id": "server", "name": "Serveur"}


def now_text(now: datetime | None = None) -> str:
    """An instant as sealed records write it."""
    return (now or timezone.now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lock_chain(name: str) -> None:
    """Makes writers of a chain take turns until the transaction ends. SQLite has one writer already."""
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def ensure_server_key() -> int:
    """The generation that seals now. Creates the first key; a key whose file is lost is followed by a new one, and the
    change is an event, the first record of the new generation. Must run inside a transaction."""
    generation = latest_generation(SERVER)
    if generation:
        try:
            load_server_key(generation)
            return generation
        except ServerKeyMissing:
            pass
    lock_chain("server-key")
    generation = next_generation(SERVER)
    open_generation(generation, spki=new_public_key(generation))
    return generation


def new_public_key(generation: int) -> bytes:
    """Makes the key of this generation in the data folder; its SubjectPublicKeyInfo."""
    return public_bytes(create_server_key(generation).public_key())


def open_generation(generation: int, *, spki: bytes, operator: Operator | None = None) -> None:
    """Adds the server's key of this generation. Its first record, after the very first generation, is the event that seals
    where each chain of the generation before ended. Inside a transaction."""
    before = latest_generation(SERVER)
    SealingKey.objects.create(
        thumbprint=thumbprint(spki), register=SERVER, generation=generation, spki=spki, added_at=timezone.now()
    )
    if not before:
        return
    former = [name for name in chain_names() if name.startswith(f"{SERVER}-{before}-")]
    detail: dict[str, Any] = {"generation": generation, "thumbprint": thumbprint(spki)}
    for name, head in heads_of(former).items():
        detail[name] = f"{head.seq}:{signature_digest(head.signature)}"
    _seal_events(generation, [_event(SERVER_KEY_CHANGED, detail, operator=operator)], now=None)


def log_event(
    code: int, *, detail: dict[str, Any] | None = None, label: str = "", operator: Operator | None = None
) -> None:
    """Adds one event to the journal, sealed by the server's key. See event_codes.json for the codes."""
    log_events([_event(code, detail or {}, label=label, operator=operator)])


def log_events(events: list[dict[str, Any]], *, now: datetime | None = None) -> None:
    """Adds events in this order: `{"code", "detail", optional "label", "operator"}`. All or none."""
    if not events:
        return
    with transaction.atomic():
        _seal_events(ensure_server_key(), [_event(**event) for event in events], now=now)


def seal_on_server(
    kind: str, *, fields: dict[str, Any], operator: Operator | None = None, establishment: str = "",
    now: datetime | None = None,
) -> Sealed:  # fmt: skip
    """Seals and stores one record of this type on the server's chain; returns it. Runs inside a transaction."""
    with transaction.atomic():
        generation = ensure_server_key()
        chain = Chain(SERVER, generation, kind)
        sealed = _seal(
            chain, head=_locked_head(chain), fields=fields, operator=operator, establishment=establishment, now=now
        )
        insert_rows(connection, [(RECORDS, [record_row(sealed, received_at=now_text(now))])])
        return sealed


def _event(code: int, detail: dict[str, Any], *, label: str = "", operator: Operator | None = None) -> dict[str, Any]:
    return {"code": code, "detail": detail, "label": label or event_label(code), "operator": operator}


def _seal_events(generation: int, events: list[dict[str, Any]], *, now: datetime | None) -> None:
    chain = Chain(SERVER, generation, "event")
    head = _locked_head(chain)
    made: list[Sealed] = []
    for event in events:
        fields = {key: event[key] for key in ("code", "label", "detail")}
        sealed = _seal(chain, head=head, fields=fields, operator=event["operator"], establishment="", now=now)
        head = (sealed.seq, sealed.signature)
        made.append(sealed)
    received_at = now_text(now)
    insert_rows(
        connection,
        [
            (RECORDS, [record_row(one, received_at=received_at) for one in made]),
            (EVENTS, [event_row(one) for one in made]),
        ],
    )


def _locked_head(chain: Chain) -> tuple[int, str]:
    lock_chain(chain.name)
    head = heads_of([chain.name]).get(chain.name, NO_HEAD)
    return head.seq, head.signature


def _seal(
    chain: Chain, *, head: tuple[int, str], fields: dict[str, Any], operator: Operator | None, establishment: str,
    now: datetime | None,
) -> Sealed:  # fmt: skip
    known = sealing_key(SERVER, generation=chain.generation)
    assert known is not None, "the server's key was just ensured"
    now = now or timezone.now()
    local = now.astimezone(timezone.get_default_timezone())
    offset = local.utcoffset()
    body = sealable({
        "format": f"{chain.type}/1", "id": str(uuid7()), "chain": chain.name, "seq": head[0] + 1, "alg": "ES256",
        "key": known[0], "engine": __version__, "pack": "", "catalogue": 0, "software": f"comptoir/{__version__}",
        "dossier": str(dossier_id()), "establishment": establishment, "register": SERVER,
        "generation": chain.generation, "session": None, "business_date": local.date().isoformat(), "at": now_text(now),
        "offset_minutes": int(offset.total_seconds()) // 60 if offset else 0, "zone": settings.TIME_ZONE,
        "operator": operator or THE_SERVER, "training": False, **fields,
    })  # fmt: skip
    text = compact(body)
    to_sign = ",".join([prefix_of(body, not head[1]), head[1], hashlib.sha256(text.encode()).hexdigest()])
    signature = sign(load_server_key(chain.generation), text=to_sign)
    return Sealed(body["id"], chain, body["seq"], body, text, to_sign, signature, head[1])

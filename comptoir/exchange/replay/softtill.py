"""A till without a screen: seals what the browser till seals, in the same order, through the same engine.

One register: its chains, numbers, perpetual totals, folded state of the period and outbox. Pure: storage, clock,
signer and identifiers are handed in (see ports.py), so tests crash it anywhere and replay it from a seed."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from comptoir.engine import door

from .ports import Clock, NewId, Point, Record, Signer, State, Storage

MAX_BATCH_RECORDS = 200
MAX_BATCH_CHARACTERS = 1_600_000  # the server takes 2 MB; what is not ASCII weighs more than one byte


class EngineRefusal(Exception):
    """The engine would not price, settle or seal; nothing was written and no number was taken."""

    def __init__(self, *, call: str, error: dict[str, Any]) -> None:
        super().__init__(f"{call}: {error['code']} {error.get('params') or ''} {error.get('path') or ''}".rstrip())
        self.code = error["code"]
        self.error = error


class Place(NamedTuple):
    """Where a till stands and by which rules it sells: the answers of enrolment and bootstrap, and the engine's."""

    dossier: str
    establishment: str
    register: str
    generation: int
    engine: str
    pack: str
    catalogue: int
    software: str
    mode: str
    currency: str
    country: str
    cash_rounding: str
    tender_types: tuple[dict[str, Any], ...]
    perpetual: dict[str, int]
    training: bool = False


def ask_engine(name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Asks the engine's door; raises EngineRefusal for a refusal."""
    answer = json.loads(door.call(name, json.dumps(request, ensure_ascii=False)))
    if "error" in answer:
        raise EngineRefusal(call=name, error=answer["error"])
    return answer


class SoftTill:
    def __init__(
        self,
        *,
        place: Place,
        storage: Storage,
        clock: Clock,
        signer: Signer,
        new_id: NewId,
        point: Point = lambda name: None,
    ) -> None:
        self.place = place
        self._storage = storage
        self._clock = clock
        self._signer = signer
        self._new_id = new_id
        self._point = point
        self.state: State = storage.load() or {
            "heads": {},
            "perpetual": dict(place.perpetual),
            "session": None,
            "fold": None,
        }

    # -- selling ---------------------------------------------------------------------------------------------------

    def open_session(
        self, *, business_date: str, operator: dict[str, str], float_minor: int, pieces: Sequence[dict[str, int]] = ()
    ) -> Record:
        """Opens the day with the counted float, sealed as a cash record of kind `opening`."""
        if self.state["session"]:
            raise ValueError("a session is already open")
        session = {"id": self._new_id(), "business_date": business_date, "operator": operator}
        return self._seal_cash(
            kind="opening", amount_minor=float_minor, label="Fond de caisse", pieces=list(pieces), session=session
        )

    def basket(self, lines: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """The engine's input for these lines under this till's mode, currency and country."""
        place = self.place
        head = {"format": "basket/1", "mode": place.mode, "currency": place.currency, "country": place.country}
        return {**head, "lines": list(lines), "discounts": [], "charges": [], **more}

    def price(self, basket: dict[str, Any]) -> dict[str, Any]:
        return ask_engine("price_basket", basket)

    def settlement(self, *, priced: dict[str, Any], tenders: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {
            "format": "settle/1",
            "total_minor": priced["gross_minor"],
            "meal_voucher_minor": priced["meal_voucher_minor"],
            "cash_rounding": self.place.cash_rounding,
            "types": [dict(kind) for kind in self.place.tender_types],
            "tenders": list(tenders),
        }

    def sell(
        self,
        *,
        basket: dict[str, Any],
        settle: dict[str, Any],
        operation: str = "sale",
        origin: dict[str, Any] | None = None,
        customer: str | None = None,
        opened_at: str | None = None,
        deleted_lines: Sequence[dict[str, Any]] = (),
        **said: Any,
    ) -> Record:
        """Seals and stores one ticket. The customer has paid when this returns; before, nothing happened.

        `said` is what only corrections say: reason, approved_by, exchange, credit_valid_until. Raises EngineRefusal
        (not complete, too long, ...) and HeadMoved, both without a trace."""
        head = self._head("ticket")
        sealed = ask_engine(
            "seal_ticket",
            {
                "head": head,
                "operation": operation,
                "origin": origin,
                "opened_at": opened_at or head["at"],
                "customer": customer,
                "basket": basket,
                "settle": settle,
                "deleted_lines": list(deleted_lines),
                "previous": self._previous(head["chain"]),
                "perpetual": self.state["perpetual"],
                **said,
            },
        )
        return self._store(head, sealed, body=sealed["ticket"], perpetual=sealed["perpetual"])

    def sell_for(
        self,
        *,
        lines: Sequence[dict[str, Any]],
        tender: str,
        operation: str = "sale",
        tendered_minor: int | None = None,
        **more: Any,
    ) -> Record:
        """Sells these lines against one tender, exact unless a larger amount is handed over."""
        basket = self.basket(lines)
        total = self.price(basket)
        amount = total["gross_minor"] if tendered_minor is None else tendered_minor
        tenders = [{"id": "1", "type": tender, "amount_minor": amount, "reference": None}] if amount else []
        return self.sell(
            basket=basket, settle=self.settlement(priced=total, tenders=tenders), operation=operation, **more
        )

    # -- cash, events, closing -------------------------------------------------------------------------------------

    def move_cash(self, *, kind: str, amount_minor: int, reason: str, label: str) -> Record:
        """Cash put in (`in`) or taken out (`out`) without a sale."""
        return self._seal_cash(kind=kind, amount_minor=amount_minor, reason=reason, label=label)

    def log_event(self, *, code: int, label: str, detail: dict[str, Any] | None = None) -> Record:
        head = self._head("event")
        return self._seal_body(head, {**head, "code": code, "label": label, "detail": detail or {}})

    def report(self, *, kind: str = "x") -> dict[str, Any]:
        """The X: what the till knows since its last Z. Changes nothing."""
        return ask_engine("report", {"state": self.state["fold"], "kind": kind})

    def close_session(
        self, *, counted: Sequence[dict[str, Any]], explanations: Sequence[dict[str, str]] = ()
    ) -> tuple[Record, Record]:
        """Seals the count, then the Z over everything since the last one. Returns both records."""
        drawers = {kind["code"] for kind in self.place.tender_types if kind["kind"] == "cash"}
        cash = sum(row["amount_minor"] for row in counted if row["tender"] in drawers)
        count = self._seal_cash(kind="count", amount_minor=cash, label="Comptage", counted=list(counted))
        head = self._head("z")
        heads = [{"chain": chain, **top} for chain, top in sorted(self.state["heads"].items())]
        sealed = ask_engine(
            "seal_z",
            {
                "head": head,
                "state": self.state["fold"],
                "counted": list(counted),
                "explanations": list(explanations),
                "heads": heads,
                "perpetual": self.state["perpetual"],
                "previous": self._previous(head["chain"]),
            },
        )
        return count, self._store(head, sealed, body=None, session=None)

    # -- outbox ----------------------------------------------------------------------------------------------------

    def next_batch(self, *, limit: int = MAX_BATCH_RECORDS, skip: int = 0) -> list[Record]:
        """The oldest waiting records that fit one request, in the order they were sealed; `skip` are on their way."""
        batch: list[Record] = []
        room = MAX_BATCH_CHARACTERS
        for record in self._storage.waiting(limit=min(limit, MAX_BATCH_RECORDS) + skip)[skip:]:
            room -= 2 * len(record["to_sign"]) + len(record["body"]) * 5 // 4 + 500
            if batch and room < 0:
                break
            batch.append(record)
        return batch

    def take_answer(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """Forgets what the server holds from now on; returns the results that say so.

        `kept` counts too: the server has the record, in quarantine, and the office must look at it."""
        held = [row for row in answer["results"] if row["status"] in ("stored", "duplicate", "kept")]
        self._storage.acknowledge([row["id"] for row in held])
        return held

    # -- sealing ---------------------------------------------------------------------------------------------------

    def _head(self, kind: str, *, session: dict[str, Any] | None = None) -> dict[str, Any]:
        place, session = self.place, session or self.state["session"]
        if not session:
            raise ValueError("no session is open")
        chain = f"{place.register}-{place.generation}-{'training' if place.training else kind}"
        return {
            "format": f"{kind}/1",
            "id": self._new_id(),
            "chain": chain,
            "seq": self.state["heads"].get(chain, {"seq": 0})["seq"] + 1,
            "alg": "ES256",
            "key": self._signer.thumbprint,
            "engine": place.engine,
            "pack": place.pack,
            "catalogue": place.catalogue,
            "software": place.software,
            "dossier": place.dossier,
            "establishment": place.establishment,
            "register": place.register,
            "generation": place.generation,
            "session": session["id"],
            "business_date": session["business_date"],
            "at": self._clock.now(),
            "offset_minutes": self._clock.offset_minutes(),
            "zone": self._clock.zone,
            "operator": session["operator"],
            "training": place.training,
        }

    def _previous(self, chain: str) -> str:
        return self.state["heads"].get(chain, {"signature": ""})["signature"]

    def _seal_cash(
        self, *, kind: str, amount_minor: int, label: str, reason: str | None = None,
        pieces: Sequence[dict[str, int]] = (), counted: Sequence[dict[str, Any]] = (),
        session: dict[str, Any] | None = None,
    ) -> Record:  # fmt: skip
        head = self._head("cash", session=session)
        body = {
            **head,
            "kind": kind,
            "amount_minor": amount_minor,
            "reason": reason,
            "label": label,
            "pieces": list(pieces),
            "counted": list(counted),
        }
        return self._seal_body(head, body, **({"session": session} if session else {}))

    def _seal_body(self, head: dict[str, Any], body: dict[str, Any], **changes: Any) -> Record:
        sealed = ask_engine("to_sign", {"body": body, "previous": self._previous(head["chain"])})
        return self._store(head, sealed, body=body, **changes)

    def _store(
        self, head: dict[str, Any], sealed: dict[str, Any], *, body: dict[str, Any] | None, **changes: Any
    ) -> Record:
        """Signs, then one commit of record, head and totals. A number exists once this commit is durable."""
        self._point("before sign")
        signature = self._signer.sign(sealed["to_sign"])
        self._point("after sign")
        kind = head["chain"].rsplit("-", 1)[1]
        record = {
            "id": head["id"],
            "chain": head["chain"],
            "seq": head["seq"],
            "type": kind,
            "body": sealed["body"],
            "to_sign": sealed["to_sign"],
            "signature": signature,
        }
        fold = None
        if body is not None:
            fold = ask_engine("fold_totals", {"state": self.state["fold"], "bodies": [body]})["state"]
        heads = {**self.state["heads"], head["chain"]: {"seq": head["seq"], "signature": signature}}
        state = {**self.state, "heads": heads, "fold": fold, **changes}
        self._storage.commit(state=state, record=record)
        self.state = state
        self._point("after store")
        return record

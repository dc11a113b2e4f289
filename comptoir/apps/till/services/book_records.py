"""Books a group of received records in the transaction of its caller: place in its chain, rows, checks, events, prints.

A record that continues its chain is stored; one already here is a duplicate; anything else is kept aside, never lost,
never booked, and what was waiting for a missing number is booked as soon as that number arrives."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from comptoir.apps.fiscal import event_codes as codes
from comptoir.apps.fiscal.queries import NO_HEAD, Head, heads_of, waiting_for_gap
from comptoir.apps.fiscal.raw_rows import RawTable, fetch_rows, insert_stored
from comptoir.apps.fiscal.sealed import Fault
from comptoir.apps.fiscal.services.keep_records import Kept, chain_told, keep_records, resolve_as_booked
from comptoir.apps.fiscal.services.seal_on_server import lock_chain, log_events, now_text

from ..facts import Sound
from .check_policy import policy_events
from .check_returns import return_events
from .prepare_records import Intake, Prepared, prepare_record
from .print_intents import queue_prints

LATE = timedelta(minutes=2)  # a record received later than this after its seal prints nothing
KEPT_EVENTS = {
    "gap": codes.KEPT_GAP, "bad_signature": codes.KEPT_SIGNATURE, "conflict": codes.KEPT_CONFLICT,
    "broken_link": codes.KEPT_LINK, "foreign_chain": codes.KEPT_FOREIGN, "foreign_dossier": codes.KEPT_FOREIGN,
    "unknown_key": codes.KEPT_SIGNATURE,
}  # fmt: skip


class Group:
    """Records being booked together, and what will be written for them."""

    def __init__(self, items: Sequence[Prepared], *, received: datetime) -> None:
        self.items = items
        self.received = received
        self.received_at = now_text(received)
        self.heads: dict[str, Head] = {}
        self.known: dict[str, tuple[str, int, str, str]] = {}  # id -> chain, seq, body, signature: stored or placed
        self.placed: list[Prepared] = []
        self.kept: list[Kept] = []
        self.resolved: list[str] = []
        self.events: list[dict[str, Any]] = []


def book_group(items: Sequence[Prepared], *, received: datetime, careful: bool = False) -> Group:
    """Writes a group and sets the status of each item; `placed` has those booked, kept ones that could follow included.

    `careful` looks every id up beforehand, for a group that a first, quicker attempt could not write. Raises what the
    database raises: the caller owns the transaction."""
    group = Group(items, received=received)
    sound = sorted((item for item in items if item.fault is None), key=_place)
    chains = sorted({_sound(item).chain for item in sound})
    for chain in chains:
        lock_chain(chain)
    group.heads = heads_of(chains)
    _look_up(group, [item for item in sound if careful or _is_old(group, item)])
    for item in items:
        if item.fault is not None:
            _keep(group, item, item.fault)
    for item in sound:
        _put(group, item)
    _book_waiting(group, chains)
    while _put_again(group, sound):
        _book_waiting(group, chains)
    _write(group)
    return group


def _place(item: Prepared) -> tuple[str, int]:
    return item.envelope["chain"], item.envelope["seq"]


def _sound(item: Prepared) -> Sound:
    assert item.sound is not None
    return item.sound


def _is_old(group: Group, item: Prepared) -> bool:
    return item.envelope["seq"] <= group.heads.get(item.envelope["chain"], NO_HEAD).seq


def _look_up(group: Group, items: Sequence[Prepared]) -> None:
    """The stored records that have the id of these ones."""
    if not items:
        return
    ids = [item.envelope["id"] for item in items]
    if connection.vendor == "sqlite":
        ids = [one.replace("-", "") for one in ids]
    marks = ", ".join(["%s"] * len(ids))
    rows = fetch_rows(
        connection,
        f"SELECT id, chain, seq, body, signature FROM fiscal_record WHERE id IN ({marks})",  # noqa: S608 - marks only
        ids,
    )
    for one, *rest in rows:
        group.known[str(one).replace("-", "")] = tuple(rest)


def _put(group: Group, item: Prepared) -> None:
    """Gives a sound record its place, or says why it has none."""
    sound = _sound(item)
    head = group.heads.get(sound.chain, NO_HEAD)
    mine = (sound.chain, sound.seq, sound.text, sound.signature)
    same_id = group.known.get(sound.id.replace("-", ""))
    if same_id == mine:
        item.status = "duplicate"
    elif same_id is not None or sound.seq <= head.seq:
        _keep(group, item, Fault("conflict", "ce numéro ou cet identifiant est déjà pris par un autre contenu"))
    elif sound.seq > head.seq + 1:
        _keep(group, item, Fault("gap", f"le numéro {head.seq + 1} manque"))
    elif sound.previous != head.signature:
        _keep(group, item, Fault("broken_link", f"ne suit pas le numéro {head.seq}"))
    else:
        if sound.at < head.at:
            _tell(group, codes.CLOCK_BACK, sound, before=head.at, after=sound.at)
        group.heads[sound.chain] = Head(sound.seq, sound.signature, sound.at)
        group.known[sound.id.replace("-", "")] = mine
        group.placed.append(item)
        item.status = "stored"


def _tell(group: Group, code: int, sound: Sound, **detail: Any) -> None:
    detail = {"record": sound.id, "number": sound.number, **detail}
    group.events.append({"code": code, "detail": detail})


def _keep(group: Group, item: Prepared, fault: Fault) -> None:
    item.status = "kept"
    item.fault = fault
    group.kept.append(Kept(item.envelope, fault.code, fault.detail, item.sender))


def _book_waiting(group: Group, chains: Sequence[str]) -> None:
    """Books what was kept for a gap that is now filled, in order, chain after chain."""
    if not chains:
        return
    waiting: dict[str, dict[int, list[tuple[str, dict[str, Any], str]]]] = defaultdict(lambda: defaultdict(list))
    heads = {chain: group.heads.get(chain, NO_HEAD).seq for chain in chains}
    for kept_id, chain, seq, envelope, sender in waiting_for_gap(heads):
        waiting[chain][seq].append((kept_id, envelope, sender))
    if not waiting:
        return
    for chain in chains:
        while True:
            following = waiting[chain].pop(group.heads.get(chain, NO_HEAD).seq + 1, [])
            if not any([_book_one_waiting(group, *one) for one in following]):
                break
    for by_number in waiting.values():
        for rows in by_number.values():
            group.resolved += [kept_id for kept_id, envelope, _ in rows if _is_here(group, kept_id, envelope)]


def _is_here(group: Group, kept_id: str, envelope: dict[str, Any]) -> bool:
    """Whether the very record that waits was booked meanwhile, because the till sent it again."""
    mine = tuple(envelope[field] for field in ("chain", "seq", "body", "signature"))
    return kept_id not in group.resolved and group.known.get(envelope["id"].replace("-", "")) == mine


def _put_again(group: Group, sound: Sequence[Prepared]) -> bool:
    """Places what came too early in this very group and follows, now that what waited before it is booked."""
    before = len(group.placed)
    for item in sound:
        follows = item.envelope["seq"] == group.heads.get(item.envelope["chain"], NO_HEAD).seq + 1
        if follows and item.fault is not None and item.fault.code == "gap":
            group.kept = [kept for kept in group.kept if kept.envelope is not item.envelope]
            item.fault = None
            _put(group, item)
    return len(group.placed) > before


def _book_one_waiting(group: Group, kept_id: str, envelope: dict[str, Any], sender: str) -> bool:
    item = prepare_record(envelope, intake=Intake.now(sender=sender, received=group.received))
    head = group.heads.get(envelope["chain"], NO_HEAD)
    if item.fault is not None or envelope["seq"] != head.seq + 1 or _sound(item).previous != head.signature:
        return False  # stays kept: a person must look at it
    _put(group, item)
    if item.status == "stored":
        group.resolved.append(kept_id)
    return item.status == "stored"


def _write(group: Group) -> None:
    _insert(group.placed)
    for item in group.placed:
        if item.differences:
            _tell(group, codes.ARITHMETIC_DIFFERS, _sound(item), differences=item.differences[:10])
    resolve_as_booked(group.resolved, at=group.received_at)
    new = keep_records(group.kept, received_at=group.received_at) if group.kept else []
    group.events += _kept_events(new)
    tickets = [_sound(item) for item in group.placed if _sound(item).type == "ticket"]
    group.events += policy_events(tickets) + return_events(tickets)
    log_events(group.events, now=group.received)
    for item in group.placed:
        if item.prints and not _is_late(group, item):
            queue_prints(item.prints, register=_sound(item).register, at=group.received)


def _insert(items: Sequence[Prepared]) -> None:
    """The rows of all records, table by table, so that each table is written in one go."""
    tables: dict[str, tuple[RawTable, list[Any]]] = {}
    for item in items:
        for table, rows in item.rows:
            tables.setdefault(table.name, (table, []))[1].extend(rows)
    insert_stored(connection, tables.values())


def _kept_events(kept: Sequence[Kept]) -> list[dict[str, Any]]:
    """One event for each chain and reason: a hundred records behind one gap are one piece of news."""
    counts = Counter((chain_told(one.envelope), one.code, one.sender) for one in kept)
    return [
        {
            "code": KEPT_EVENTS.get(code, codes.KEPT_UNREADABLE),
            "detail": {"chain": chain, "reason": code, "count": count, "sender": sender},
        }
        for (chain, code, sender), count in sorted(counts.items())
    ]


def _is_late(group: Group, item: Prepared) -> bool:
    sealed_at = datetime.fromisoformat(_sound(item).at)
    return group.received - sealed_at > LATE

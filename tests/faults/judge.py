"""What must hold after any fault: promised is present, once each, word for word; chains and sums hold.

Recomputes everything by its own means (hashlib, cryptography, plain sums); shares no code with the reception."""

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import connection, connections

from comptoir.dossiers.binding import bound
from comptoir.dossiers.registry import find_dossier

from .real_server import SLUG

Rows = list[dict[str, Any]]


@contextmanager
def opened() -> Iterator[None]:
    """The dossier of a real server, read beside it."""
    dossier = find_dossier(SLUG)
    assert dossier is not None
    with bound(dossier):
        yield
        connections.forget(dossier)


def stored_records() -> Rows:
    return ask("SELECT id, chain, seq, body, to_sign, signature FROM fiscal_record ORDER BY chain, seq")


def ask(sql: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
        names = [column[0] for column in cursor.description] if rows else []
    return [dict(zip(names, row, strict=True)) for row in rows]


def hexadecimal(value: Any) -> str:
    return str(value).replace("-", "")


def lost(records: Rows, *, promised: dict[str, Any]) -> list[str]:
    """Ids that were promised and are not there."""
    present = {hexadecimal(row["id"]) for row in records}
    return sorted(one for one in promised if hexadecimal(one) not in present)


def chain_faults(records: Rows, *, keys: dict[str, bytes]) -> list[str]:
    """Gaps, repeated numbers, wrong links, digests and signatures. `keys`: chain prefix `C1-1` -> SPKI."""
    faults = []
    previous: dict[str, tuple[int, str]] = {}
    loaded = {prefix: load_der_public_key(spki) for prefix, spki in keys.items()}
    for row in records:
        where = f"{row['chain']} n° {row['seq']}"
        seq, signature = previous.get(row["chain"], (0, ""))
        if row["seq"] != seq + 1:
            faults.append(f"{where}: follows {seq}")
        digest = hashlib.sha256(row["body"].encode()).hexdigest()
        if not row["to_sign"].endswith(f",{signature},{digest}"):
            faults.append(f"{where}: does not sign its body after its predecessor")
        key = loaded.get(row["chain"].rsplit("-", 1)[0])
        if key is None or not _holds(key, text=row["to_sign"], signature=row["signature"]):
            faults.append(f"{where}: signature")
        previous[row["chain"]] = (row["seq"], row["signature"])
    return faults


def _holds(key: Any, *, text: str, signature: str) -> bool:
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def ledger_faults(records: Rows) -> list[str]:
    """Compares every ledger and projection with plain sums over the sealed bodies."""
    bodies = [json.loads(row["body"]) for row in records if not row["chain"].startswith("S-")]
    faults = []
    tickets = [body for body in bodies if body["format"] == "ticket/1"]
    cash: dict[str, int] = defaultdict(int)
    gross: dict[str, int] = defaultdict(int)
    for body in tickets:
        gross[body["register"]] += body["priced"]["gross_minor"]
        kinds = {kind["code"]: kind["kind"] for kind in body["settle"]["types"]}
        for payment in body["settled"]["payments"]:
            is_cash = kinds[payment["type"]] == "cash"
            cash[body["register"]] += payment["amount_minor"] if is_cash else -payment["change_minor"]
    for body in bodies:
        if body["format"] == "cash/1" and body["kind"] in ("opening", "in", "out"):
            cash[body["register"]] += -body["amount_minor"] if body["kind"] == "out" else body["amount_minor"]
        if body["format"] == "z/1":  # the drawer is emptied to what was counted, then to nothing
            cash[body["register"]] -= body["report"]["cash"]["expected_minor"]
    booked = {row["register"]: row["total"] for row in ask(
        "SELECT register, SUM(gross_minor) AS total FROM till_ticket GROUP BY register")}  # fmt: skip
    if booked != dict(gross):
        faults.append(f"tickets: booked {booked}, sealed {dict(gross)}")
    faults += _drawer_faults(cash)
    closings = ask("SELECT register, agrees, disagreements FROM treasury_closing")
    sealed = sum(1 for body in bodies if body["format"] == "z/1")
    if len(closings) != sealed or not all(row["agrees"] for row in closings):
        differ = [row for row in closings if not row["agrees"]]
        faults.append(f"closings: {len(closings)} booked, {sealed} sealed, {differ}")
    expected = {
        "till_ticketline": sum(len(b["priced"]["lines"]) + len(b["priced"]["charges"]) for b in tickets),
        "till_ticketpayment": sum(len(b["settled"]["payments"]) for b in tickets),
        "till_ticketvat": sum(len(b["priced"]["vat"]) for b in tickets),
    }
    for table, counted in expected.items():
        rows = ask(f"SELECT COUNT(*) AS total FROM {table}")[0]["total"]  # noqa: S608
        if rows != counted:
            faults.append(f"{table}: {rows} rows, {counted} sealed")
    return faults


def _drawer_faults(cash: dict[str, int]) -> list[str]:
    moves = ask("SELECT from_account, to_account, amount FROM treasury_cashtransfer")
    held: dict[str, int] = defaultdict(int)
    for row in moves:
        held[row["from_account"]] -= row["amount"]
        held[row["to_account"]] += row["amount"]
    faults = [] if sum(held.values()) == 0 else ["the ledger does not sum to nothing"]
    for register, expected in cash.items():
        if held[f"drawer/{register}"] != expected:
            faults.append(f"drawer {register}: ledger {held[f'drawer/{register}']}, sealed {expected}")
    return faults


def world_faults(world: Any, *, full: bool) -> list[str]:
    """Everything that must hold. `full` once the outboxes are empty; otherwise what was promised so far."""
    with world.machine.open():
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        promised = {one: status for one, status in world.promised.items() if status != "kept"}
        faults = [f"lost after a promise: {one}" for one in lost(records, promised=promised)]
        faults += chain_faults(records, keys=keys)
        if full:
            paid = {one: record for till in world.tills for one, record in till.paid.items()}
            faults += [f"paid and lost: {one}" for one in lost(records, promised=paid)]
            faults += _altered(records, paid=paid)
            faults += ledger_faults(records)
            faults += _kept_for_ever()
    integrity = world.machine.integrity()
    return faults if integrity == "ok" else [*faults, f"integrity: {integrity}"]


def _altered(records: Rows, *, paid: dict[str, dict[str, Any]]) -> list[str]:
    here = {hexadecimal(row["id"]): row for row in records}
    fields = ("chain", "seq", "body", "to_sign", "signature")
    return [
        f"altered: {one}"
        for one, record in paid.items()
        if (row := here.get(hexadecimal(one))) and any(row[field] != record[field] for field in fields)
    ]


def _kept_for_ever() -> list[str]:
    rows = ask(
        "SELECT k.chain, k.seq, k.code FROM fiscal_keptrecord k LEFT JOIN fiscal_resolution r ON r.kept_id = k.id"
        " WHERE r.kept_id IS NULL"
    )
    return [f"still aside: {row}" for row in rows]

"""An archive made anew by a hand that owns the server and its key: the manifest is sealed again, only what the tills sealed
themselves contradicts it."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from comptoir.apps.fiscal.server_key import load_server_key
from comptoir.apps.fiscal.signatures import sign
from comptoir.apps.settings.queries import registers
from comptoir.engine.seal import seal
from tests.apps.till.shop import LEA, Till, enrolled_till, send
from tests.exchange.archived import files_of, rezipped, shop_with_a_year, verified, with_records, year_archive
from tests.tampering import tamper

TICKETS = "C1-1-ticket"


def sealed_anew(files: dict[str, bytes], manifest: dict[str, Any]) -> dict[str, bytes]:
    """The files with this manifest, signed and sealed by the server's real key."""
    key, content = load_server_key(1), json.dumps(manifest).encode()
    record = json.loads(files["scellement.json"])
    body = json.loads(record["body"]) | {"manifest": hashlib.sha256(content).hexdigest()}
    made = seal(body, record["to_sign"].rsplit(",", 2)[1])
    record |= {**made, "signature": sign(key, text=made["to_sign"])}
    return {
        **files, "manifest.json": content, "manifest.sig": key.sign(content, ec.ECDSA(hashes.SHA256())),
        "scellement.json": json.dumps(record).encode(),
    }  # fmt: skip


def manifest_of(files: dict[str, bytes]) -> dict[str, Any]:
    return json.loads(files["manifest.json"])


def head_of(signature: str) -> str:
    return hashlib.sha256(signature.encode()).hexdigest()


@pytest.fixture
def archive(sqlite_dossier, tmp_path):
    shop_with_a_year()
    return year_archive(tmp_path)


def test_what_is_sealed_anew_without_change_is_intact(archive) -> None:
    files = files_of(archive.path)
    assert verified(rezipped(archive.path, sealed_anew(files, manifest_of(files)))) == (0, [])


def test_tickets_that_a_z_covers_cannot_be_left_out(archive) -> None:
    """The last ticket of C1 goes, and the manifest ends its chain before it; its Z knows the number."""

    def cut(records: list[dict[str, Any]]) -> None:
        records[:] = [one for one in records if (one["chain"], one["seq"]) != (TICKETS, 5)]
        kept.update(next(one for one in records if (one["chain"], one["seq"]) == (TICKETS, 4)))

    kept: dict[str, Any] = {}
    files = with_records(files_of(archive.path), cut)
    manifest = manifest_of(files)
    for row in manifest["chains"]:
        if row["chain"] == TICKETS:
            row |= {"last": 4, "head": head_of(kept["signature"])}
    assert verified(rezipped(archive.path, sealed_anew(files, manifest))) == (1, [(TICKETS, 5, "tail_cut")])


def test_first_tickets_cannot_be_left_out(archive) -> None:
    def cut(records: list[dict[str, Any]]) -> None:
        gone.update(next(one for one in records if (one["chain"], one["seq"]) == (TICKETS, 1)))
        records[:] = [one for one in records if (one["chain"], one["seq"]) != (TICKETS, 1)]

    gone: dict[str, Any] = {}
    files = with_records(files_of(archive.path), cut)
    manifest = manifest_of(files)
    for row in manifest["chains"]:
        if row["chain"] == TICKETS:
            row |= {"first": 2, "previous": gone["signature"]}
    assert verified(rezipped(archive.path, sealed_anew(files, manifest))) == (1, [(TICKETS, 1, "missing")])


def test_a_register_cannot_be_left_out(archive) -> None:
    """Every record of C2 goes, its chains and its key too; the month that counted its Z knows it."""

    def cut(records: list[dict[str, Any]]) -> None:
        records[:] = [one for one in records if not one["chain"].startswith("C2-")]

    files = with_records(files_of(archive.path), cut)
    manifest = manifest_of(files)
    manifest["chains"] = [row for row in manifest["chains"] if not row["chain"].startswith("C2-")]
    assert verified(rezipped(archive.path, sealed_anew(files, manifest))) == (1, [("C2-1-z", 1, "tail_cut")])


def test_an_archive_of_one_register_lacks_nothing(sqlite_dossier, tmp_path) -> None:
    """Its months count the Z of the other register too: those are not asked for."""
    shop_with_a_year()
    assert [row.code for row in registers()] == ["C1", "C2"]
    for code in ("C1", "C2"):
        assert verified(year_archive(tmp_path, scope=code).path) == (0, [])


def later_key_signs(records: list[dict[str, Any]], later: Till, head: dict[str, str]) -> None:
    """Ticket 5 of the first enrolment, rewritten and signed by the key of the second."""
    one = next(row for row in records if (row["chain"], row["seq"]) == (TICKETS, 5))
    body = json.loads(one["body"].replace("Pain", "Rien", 1)) | {"generation": 2, "key": later.key.thumbprint}
    made = seal(body, one["to_sign"].rsplit(",", 2)[1])
    one |= {"body": made["body"], "to_sign": made["to_sign"], "signature": later.key.sign(made["to_sign"])}
    head["digest"] = head_of(one["signature"])


def test_the_key_of_a_later_enrolment_cannot_sign_an_earlier_chain(sqlite_dossier, tmp_path) -> None:
    shop_with_a_year()
    later, head = enrolled_till("C1"), {}
    later.soft.open_session(business_date="2026-12-28", operator=LEA, float_minor=0)
    send(later)
    made = year_archive(tmp_path)
    assert verified(made.path) == (0, [])
    files = with_records(files_of(made.path), lambda records: later_key_signs(records, later, head))
    manifest = manifest_of(files)
    for row in manifest["chains"]:
        if row["chain"] == TICKETS:
            row["head"] = head["digest"]
    assert verified(rezipped(made.path, sealed_anew(files, manifest))) == (1, [(TICKETS, 5, "unknown_key")])


def test_a_dossier_without_one_of_its_registers_is_a_rupture(dossier_copy, tmp_path) -> None:
    """Records and rows of C2 deleted with the tools of the database: the months that counted its Z tell it."""
    shop_with_a_year()
    tamper(
        "DELETE FROM fiscal_record WHERE chain LIKE 'C2-%'", "DELETE FROM treasury_closing WHERE chain LIKE 'C2-%'",
        "DELETE FROM till_ticket WHERE chain LIKE 'C2-%'",
    )  # fmt: skip
    made = year_archive(tmp_path)
    assert [(one["chain"], one["seq"], one["code"]) for one in made.manifest["ruptures"]] == [("C2-1-z", 1, "tail_cut")]
    assert verified(made.path) == (1, [("C2-1-z", 1, "tail_cut")])

"""An archive that was touched, by a clumsy hand or by a careful one, and one made from a dossier already broken."""

import json

import pytest

from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.server_key import server_key_path
from comptoir.engine.seal import seal
from comptoir.exchange.replay.keys import RegisterKey
from tests.exchange.archived import answered, files_of, rezipped, shop_with_a_year, verified, with_records, year_archive
from tests.tampering import tamper

TICKETS = "C1-1-ticket"


@pytest.fixture
def archive(sqlite_dossier, tmp_path):
    shop_with_a_year()
    return year_archive(tmp_path)


def placed(records: list[dict], chain: str, seq: int) -> int:
    return next(index for index, one in enumerate(records) if (one["chain"], one["seq"]) == (chain, seq))


@pytest.mark.slow
def test_one_changed_byte_of_any_file_is_found(archive) -> None:
    """The middle byte of each file in turn; of the two that seal, of the keys and of the manifest too."""
    files = files_of(archive.path)
    assert len(files) == 23
    for name, content in files.items():
        middle = len(content) // 2
        touched = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        code, findings = verified(rezipped(archive.path, {**files, name: touched}))
        if name in ("manifest.json", "scellement.json") and code == 2:
            continue  # no longer JSON: refused as unreadable, which nobody takes for intact
        places = {place for place, _, _ in findings}
        assert code == 1 and (name in places or {"manifest.json", "manifest.sig"} & places), name


@pytest.mark.slow
def test_every_byte_of_the_stored_zip_counts(archive) -> None:
    """Bytes of the zip itself, compressed as they are: never a clean answer where a file's content lies."""
    raw = archive.path.read_bytes()
    for place in range(200, len(raw) // 2, len(raw) // 24):
        other = archive.path.with_name("raw.zip")
        other.write_bytes(raw[:place] + bytes([raw[place] ^ 0x10]) + raw[place + 1 :])
        assert verified(other)[0] in (1, 2), place


@pytest.mark.parametrize("name", ["lignes.csv", "verify.py", "records.jsonl"])
def test_a_file_taken_away_or_added_is_found(archive, name) -> None:
    files = files_of(archive.path)
    assert verified(archive.path) == (0, [])
    lacking = rezipped(archive.path, {key: value for key, value in files.items() if key != name})
    code, findings = verified(lacking)
    assert code in (1, 2) and (code == 2 or (name, 0, "file_missing") in findings)
    assert verified(rezipped(archive.path, {**files, "autre.csv": b"x"})) == (1, [("autre.csv", 0, "file_extra")])


def removed(records):
    del records[placed(records, TICKETS, 3)]


def inserted(records):
    place = placed(records, TICKETS, 3)
    records.insert(place, dict(records[place]))


def reordered(records):
    first, second = placed(records, TICKETS, 2), placed(records, TICKETS, 4)
    records[first], records[second] = records[second], records[first]


def renumbered(records):
    """Ticket 3 taken out and the others moved down, as if it had never been."""
    place = placed(records, TICKETS, 3)
    del records[place]
    for one in records[place:]:
        if one["chain"] == TICKETS:
            one["seq"] -= 1


def truncated(records):
    del records[placed(records, TICKETS, 5)]


def a_chain_taken_out(records):
    records[:] = [one for one in records if one["chain"] != "C1-1-event"]


def changed(records):
    one = records[placed(records, TICKETS, 2)]
    one["body"] = one["body"].replace("Savon", "Bavon", 1)


def signed_by_another(records):
    one = records[placed(records, TICKETS, 2)]
    made = seal(json.loads(one["body"].replace("Savon", "Bavon", 1)), one["to_sign"].rsplit(",", 2)[1])
    one |= {"body": made["body"], "to_sign": made["to_sign"], "signature": RegisterKey().sign(made["to_sign"])}


def other_signature(records):
    one = records[placed(records, "C1-1-z", 1)]
    one["signature"] = records[placed(records, "C1-1-z", 2)]["signature"]


def not_a_record(records):
    records[placed(records, TICKETS, 2)].pop("body")


CAREFUL = {
    "a record removed": (removed, (TICKETS, 3, "missing")),
    "a record inserted": (inserted, (TICKETS, 4, "repeated")),
    "records reordered": (reordered, (TICKETS, 2, "missing")),
    "a record removed, the rest renumbered": (renumbered, (TICKETS, 3, "moved")),
    "the end of a chain cut": (truncated, (TICKETS, 5, "truncated")),
    "a whole chain taken out": (a_chain_taken_out, ("C1-1-event", 1, "truncated")),
    "a label changed": (changed, (TICKETS, 2, "body_changed")),
    "a record signed by another key": (signed_by_another, (TICKETS, 2, "signature_wrong")),
    "a signature of another record": (other_signature, ("C1-1-z", 1, "signature_wrong")),
    "a record without its text": (not_a_record, (TICKETS, 2, "unreadable")),
}


@pytest.mark.parametrize("name", CAREFUL)
def test_records_touched_are_named_even_when_the_manifest_follows(archive, name) -> None:
    """The forger puts the new digest in the manifest: it is no longer the one that was signed, and the record is named."""
    change, expected = CAREFUL[name]
    code, findings = verified(rezipped(archive.path, with_records(files_of(archive.path), change)))
    assert code == 1
    assert findings == [
        ("manifest.json", 0, "manifest_changed"), ("manifest.sig", 0, "signature_wrong"),
        ("manifest.sig", 0, "openssl_refuses"), expected,
    ]  # fmt: skip


def test_a_manifest_cut_with_its_chain_is_no_longer_the_sealed_one(archive) -> None:
    """Records, manifest and head all shortened alike: chains hold, the seal does not, and the Z knows better."""
    files = with_records(files_of(archive.path), truncated)
    manifest = json.loads(files["manifest.json"])
    for row in manifest["chains"]:
        if row["chain"] == TICKETS:
            row["last"] = 4
    files["manifest.json"] = json.dumps(manifest).encode()
    code, findings = verified(rezipped(archive.path, files))
    assert code == 1 and [one[2] for one in findings] == [
        "manifest_changed", "signature_wrong", "openssl_refuses", "head_differs",
    ]  # fmt: skip


def test_another_servers_key_is_refused(archive) -> None:
    assert verified(archive.path, "--empreinte", "A" * 43) == (1, [("scellement.json", 0, "other_server")])


@pytest.mark.parametrize(
    ("statement", "rupture", "seen"),
    [
        ("UPDATE fiscal_record SET body = REPLACE(body, 'Savon', 'Bavon') WHERE chain = 'C1-1-ticket' AND seq = 2",
         ("C1-1-ticket", 2, "body_changed"), ("C1-1-ticket", 2, "body_changed")),
        ("DELETE FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 3",
         ("C1-1-ticket", 3, "missing"), ("C1-1-ticket", 3, "missing")),
        ("UPDATE fiscal_record SET body = '{', to_sign = '' WHERE chain = 'C2-1-z'",
         ("C2-1-z", 1, "unreadable"), ("C2-1-z", 1, "body_changed")),
    ],
)  # fmt: skip
def test_an_archive_of_a_broken_dossier_is_made_and_says_so(dossier_copy, tmp_path, statement, rupture, seen) -> None:
    shop_with_a_year()
    tamper(statement)
    made = year_archive(tmp_path)
    assert [(one["chain"], one["seq"], one["code"]) for one in made.manifest["ruptures"]] == [rupture]
    report = files_of(made.path)["RUPTURES.txt"].decode()
    assert f"{rupture[0]} n° {rupture[1]} : " in report
    assert json.loads(Event.objects.get(code=90).detail)["ruptures"][0]["chain"] == rupture[0]
    assert verified(made.path) == (1, [seen])


def test_a_cut_tail_is_a_rupture(dossier_copy, tmp_path) -> None:
    shop_with_a_year()
    tamper("DELETE FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 5")
    made = year_archive(tmp_path)
    assert [(one["chain"], one["seq"], one["code"]) for one in made.manifest["ruptures"]] == [(TICKETS, 5, "tail_cut")]
    assert verified(made.path) == (1, [(TICKETS, 5, "tail_cut")])


def test_a_crash_leaves_no_file_under_the_final_name(sqlite_dossier, tmp_path, monkeypatch) -> None:
    shop_with_a_year()

    def dies(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("comptoir.exchange.archives.create._publish", dies)
        with pytest.raises(OSError, match="No space"):
            year_archive(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert year_archive(tmp_path).path.name.endswith("_2.zip")


def test_an_archive_never_replaces_another(sqlite_dossier, tmp_path) -> None:
    """After a change of the server's key numbers start again; a name that is taken is left alone."""
    shop_with_a_year()
    taken = tmp_path / "ARCH_73282932000074_ALL_20260101_20261231_1.zip"
    taken.write_bytes(b"another")
    assert year_archive(tmp_path).path.name.startswith(taken.stem + "_")
    assert taken.read_bytes() == b"another"
    server_key_path(1).rename(server_key_path(1).with_suffix(".lost"))
    made = year_archive(tmp_path)
    assert made.path.name == "ARCH_73282932000074_ALL_20260101_20261231_2-1.zip"
    assert verified(made.path) == (0, [])


@pytest.mark.slow
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_several_processes_say_what_one_says(sqlite_copy, tmp_path, start) -> None:
    """As with an archive of thousands of records; `spawn` is how processes start on Windows. A sound archive, then one of
    a dossier in which a ticket bears the signature of another: its manifest agrees, the signature does not."""
    shop_with_a_year()
    sound = year_archive(tmp_path).path
    said, main = files_of(sound)["verify.py"].decode(), 'if __name__ == "__main__":\n'
    several = said.replace("MANY = 2_000", "MANY = 1")
    several = several.replace(main, f'{main}    multiprocessing.set_start_method("{start}")\n')
    assert len(several) > len(said) + 40
    program = tmp_path / "several.py"
    program.write_text(several)
    assert answered(sound, program=program) == answered(sound)
    tamper(
        "UPDATE fiscal_record SET signature = (SELECT signature FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 1)"
        " WHERE chain = 'C1-1-ticket' AND seq = 2"
    )
    broken = year_archive(tmp_path).path
    assert verified(broken, program=program) == (1, [("C1-1-ticket", 2, "signature_wrong")])
    assert answered(broken, program=program) == answered(broken)

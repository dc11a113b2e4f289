"""An archive made from a dossier: its files, their figures by hand, its seal, its events; verified in a bare Python."""

import csv
import io
import json
import subprocess
from datetime import date
from uuid import uuid4

import pytest
from click.testing import CliRunner
from lxml import etree

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.services.move_money import send_money
from comptoir.config.cli import main
from comptoir.exchange.archives.create import ArchiveRefused, create_archive
from tests.apps.access.people import one_of_each
from tests.apps.till.returning import cancel, take_back
from tests.apps.till.shop import NOON, enrolled_till, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP
from tests.exchange.archived import NOW, answered, files_of, shop_with_a_year, verified, year_archive

NAMESPACE = {"a": "urn:comptoir:archive:1"}


@pytest.fixture
def archive(dossier, tmp_path):
    shop_with_a_year()
    return year_archive(tmp_path)


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig")), delimiter=";"))


@pytest.mark.feature("FISC-10")
def test_an_archive_is_verified_without_the_application(archive) -> None:
    assert archive.path.name == "ARCH_73282932000074_ALL_20260101_20261231_1.zip"
    assert archive.path.stat().st_mode & 0o777 == 0o600
    answer, code = answered(archive.path)
    assert (code, answer["intact"], answer["findings"]) == (0, True, [])
    # 4 Z, 8 cash records, 6 tickets, 1 event of the till, 2 enrolments and their 2 events, 2 months, 1 year,
    # and 56 days without opening: 3 November to 31 December are 59 days, of which 3 were opened
    assert answer["records"] == archive.records == 26 + 56
    assert not any("openssl" in remark for remark in answer["remarks"])
    assert sorted(path.name for path in archive.path.parent.iterdir()) == [archive.path.name, "bare"]


def test_openssl_alone_verifies_the_manifest(archive, tmp_path) -> None:
    files = files_of(archive.path)
    for name in ("manifest.json", "manifest.sig"):
        (tmp_path / name).write_bytes(files[name])
    block = next(part for part in files["pubkeys.pem"].decode().split("# ") if part.startswith("S-1 "))
    (tmp_path / "cle.pem").write_text(block.split("\n", 1)[1])
    command = ["openssl", "dgst", "-sha256", "-verify", "cle.pem", "-signature", "manifest.sig", "manifest.json"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout == b"Verified OK\n"


def test_the_xml_obeys_its_schema_and_says_the_same_as_the_tables(archive) -> None:
    """C1: 1,20 + 4,50 + 3,00 outside VAT, then 2,40, then 1,20; C2: 4,50. In all 16,80."""
    files = files_of(archive.path)
    document = etree.fromstring(files["archive.xml"])
    etree.XMLSchema(etree.fromstring(files["archive.xsd"])).assertValid(document)
    tickets = document.findall("a:ticket", NAMESPACE)
    assert [(one.get("chaine"), one.get("numero"), one.get("total_ttc")) for one in tickets] == [
        ("C1-1-ticket", "1", "1.20"), ("C1-1-ticket", "2", "4.50"), ("C1-1-ticket", "3", "3.00"),
        ("C1-1-ticket", "4", "2.40"), ("C1-1-ticket", "5", "1.20"), ("C2-1-ticket", "1", "4.50"),
    ]  # fmt: skip
    assert [one["total_ttc"] for one in table(files, "tickets.csv")] == ["1,20", "4,50", "3,00", "2,40", "1,20", "4,50"]
    assert tickets[0].get("heure_locale") == "2026-11-03T09:00:01+01:00"
    awkward = tickets[2].find("a:ligne", NAMESPACE)
    assert awkward.get("libelle") == '=1+1 "thé" <&> \ufffd ; 🫖' and awkward.get("taux") is None
    assert table(files, "lignes.csv")[2]["libelle"] == '\'=1+1 "thé" <&> \x07 ; 🫖'
    rates = [one for one in table(files, "tva.csv") if one["chaine"] == "C1-1-ticket"]
    assert [(one["taux"], one["base"], one["montant"]) for one in rates][:3] == [
        ("5,50", "1,14", "0,06"), ("20,00", "3,75", "0,75"), ("", "3,00", "0,00"),
    ]  # fmt: skip
    assert [(one["quantite"], one["montant"]) for one in table(files, "lignes_supprimees.csv")] == [("1,000", "4,50")]
    days = [one for one in table(files, "clotures.csv") if one["nature"] == "journée sans ouverture"]
    assert (len(days), days[0]["debut"], days[-1]["debut"]) == (56, "2026-11-04", "2026-12-31")
    assert {one["total_ttc"] for one in days} == {"0,00"}
    closings = [one for one in table(files, "clotures.csv") if one not in days]
    assert [(one["nature"], one["debut"], one["total_ttc"], one["perpetuel"]) for one in closings] == [
        ("journée", "2026-11-03", "8,70", "8,70"), ("journée", "2026-11-30", "2,40", "11,10"),
        ("journée", "2026-12-24", "1,20", "12,30"), ("journée", "2026-11-30", "4,50", "4,50"),
        ("mois", "2026-11-01", "15,60", "15,60"), ("mois", "2026-12-01", "1,20", "16,80"),
        ("exercice", "2026-01-01", "16,80", "16,80"),
    ]  # fmt: skip
    gaps = [one for one in table(files, "clotures_ecarts.csv") if one["chaine"] == "C1-1-z" and one["numero"] == "2"]
    assert gaps == [
        {"chaine": "C1-1-z", "numero": "2", "mode": "cash", "attendu": "102,40", "compte": "102,00", "ecart": "-0,40"}
    ]
    assert [one["code"] for one in table(files, "evenements.csv") if one["caisse"] == "C1"] == ["9010"]
    originals = [json.loads(text) for text in files["records.jsonl"].decode().splitlines()]
    assert len(originals) == archive.records
    assert originals[0] | {"body": ""} == {
        "id": str(Record.objects.get(chain="C1-1-z", seq=1).id), "chain": "C1-1-z", "seq": 1, "type": "z", "body": "",
        "to_sign": Record.objects.get(chain="C1-1-z", seq=1).to_sign,
        "signature": Record.objects.get(chain="C1-1-z", seq=1).signature,
    }  # fmt: skip


def test_where_cash_went_and_what_a_day_gave_back_are_read_without_the_application(sqlite_dossier, tmp_path) -> None:
    """4,50 + 1,20 + 1,20 sold, 4,50 given back, a 1,20 cancelled; bulbs for 12,00 with VAT at 20 %; 30,00 to the safe, of
    which a bag of 25,00 to the bank."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    soap, bread = till.sell(SOAP), till.sell(BREAD)
    till.sell(BREAD)
    take_back(till, soap, [("Savon", 1000)])
    cancel(till, bread)
    seal = till.soft._seal_body
    till.soft._seal_body = lambda head, body, **more: seal(head, {**body, "vat_e4": 2000}, **more)  # type: ignore[method-assign]
    till.soft.move_cash(kind="out", amount_minor=1_200, reason="expense", label="Ampoules")
    till.soft._seal_body = seal  # type: ignore[method-assign]
    till.soft.move_cash(kind="out", amount_minor=3_000, reason="to_safe", label="Mise au coffre")
    till.close()
    send(till)
    send_money(
        uuid4(), source="safe/1", target="transit/bank", amount_minor=2_500, label="Remise", reference="＝SAC 7",
        by=one_of_each()["owner"], now=NOON,
    )  # fmt: skip
    files = files_of(create_archive(date(2026, 11, 1), date(2026, 11, 30), folder=tmp_path, now=NOW).path)
    schema = etree.XMLSchema(etree.fromstring(files["archive.xsd"]))
    schema.assertValid(etree.fromstring(files["archive.xml"]))
    columns = ("nature", "montant", "motif", "de", "vers", "reference", "taux")
    assert [tuple(row[name] for name in columns) for row in table(files, "mouvements.csv") if row["nature"] in ("out", "sent")] == [
        ("out", "12,00", "expense", "", "", "", "20,00"), ("out", "30,00", "to_safe", "", "", "", ""),
        ("sent", "25,00", "", "safe/1", "transit/bank", "'＝SAC 7", ""),
    ]  # fmt: skip
    [day] = [row for row in table(files, "clotures.csv") if row["chaine"] == "C1-1-z"]
    columns = ("total_ttc", "ventes", "remboursements", "annulations")
    assert [day[name] for name in columns] == ["1,20", "6,90", "-4,50", "-1,20"]


def test_the_manifest_is_sealed_on_the_archive_chain_and_told(archive, tmp_path) -> None:
    sealed = Record.objects.get(chain="S-1-archive", seq=1)
    assert json.loads(files_of(archive.path)["scellement.json"])["signature"] == sealed.signature
    assert json.loads(sealed.body)["chains"][0] == {
        key: archive.manifest["chains"][0][key] for key in ("chain", "first", "last", "head")
    }
    assert [one.code for one in Event.objects.filter(code__in=(20, 30, 90, 110)).order_by("record__seq")] == [30, 110]
    part = create_archive(date(2026, 11, 1), date(2026, 11, 30), folder=tmp_path, scope="C2", now=NOW)
    assert part.path.name == "ARCH_73282932000074_C2_20261101_20261130_2.zip"
    assert {row["chain"].split("-")[0] for row in part.manifest["chains"]} == {"C2", "S"}
    assert Event.objects.filter(code=20).count() == 1
    assert verified(part.path) == (0, [])
    assert verify_dossier().findings == []


def test_a_range_in_the_middle_of_chains_is_verified(archive, tmp_path) -> None:
    """November 30 alone: chains begin in their middle, with the signature before them in the manifest."""
    made = create_archive(date(2026, 11, 30), date(2026, 11, 30), folder=tmp_path, now=NOW)
    row = next(one for one in made.manifest["chains"] if one["chain"] == "C1-1-ticket")
    assert (row["first"], row["last"]) == (4, 4)
    assert row["previous"] == Record.objects.get(chain="C1-1-ticket", seq=3).signature
    assert verified(made.path) == (0, [])


def test_an_unpacked_archive_is_verified_where_it_lies(archive, tmp_path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, content in files_of(archive.path).items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        ["python3", "-I", "-S", "verify.py"], cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Tout est intact."
    (folder / "verify.pyc").write_bytes(b"x")
    assert verified(folder, program=folder / "verify.py") == (1, [("verify.pyc", 0, "file_extra")])


REFUSED = [
    (date(2026, 12, 1), date(2026, 11, 1), "ALL", "vient avant"),
    (date(2027, 1, 6), date(2027, 1, 7), "ALL", "n’a pas commencé"),
    (date(2026, 1, 1), date(2027, 1, 1), "ALL", "douze mois"),
    (date(2024, 2, 29), date(2025, 3, 1), "ALL", "douze mois"),
    (date(2026, 11, 1), date(2026, 11, 2), "C9", "n’existe pas"),
]


@pytest.mark.parametrize(("first", "last", "scope", "words"), REFUSED)
def test_a_period_that_is_refused_writes_nothing(sqlite_dossier, tmp_path, first, last, scope, words) -> None:
    shop_with_a_year()
    before = Record.objects.count()
    with pytest.raises(ArchiveRefused, match=words):
        create_archive(first, last, scope=scope, folder=tmp_path, now=NOW)
    assert Record.objects.count() == before and list(tmp_path.iterdir()) == []


def test_only_who_may_export_makes_an_archive(sqlite_dossier, tmp_path) -> None:
    shop_with_a_year()
    people = one_of_each()
    with pytest.raises(RightMissing):
        year_archive(tmp_path, actor=people["cashier"])
    assert list(tmp_path.iterdir()) == [] and not Record.objects.filter(type="archive").exists()
    year_archive(tmp_path, actor=people["auditor"])
    assert Event.objects.get(code=30).operator_name == people["auditor"].name


def test_the_commands(dossier_copy, tmp_path) -> None:
    shop_with_a_year()
    run = CliRunner().invoke
    out = str(tmp_path / "out")
    made = run(
        main,
        ["archive", "create", dossier_copy.slug, "--from", "2026-11-01", "--to", "2026-11-22", "--out", out, "--json"],
    )
    assert made.exit_code == 0, made.output
    answer = json.loads(made.stdout)
    assert (answer["number"], answer["ruptures"]) == ("S-1-archive-1", [])
    said = run(main, ["archive", "verify", answer["file"], "--json"])
    assert (said.exit_code, json.loads(said.stdout)["findings"]) == (0, [])
    key = json.loads(run(main, ["archive", "key", dossier_copy.slug, "--json"]).stdout)["keys"]
    assert [one["generation"] for one in key] == [1]
    assert run(main, ["archive", "verify", answer["file"], "--thumbprint", key[0]["thumbprint"]]).exit_code == 0
    other = run(main, ["archive", "verify", answer["file"], "--thumbprint", "autre"])
    assert other.exit_code == 1 and "empreinte attendue" in other.output
    broken = tmp_path / "pas-une-archive.zip"
    broken.write_bytes(b"PK")
    assert run(main, ["archive", "verify", str(broken)]).exit_code == 2
    wrong = run(
        main, ["archive", "create", dossier_copy.slug, "--from", "2025-01-01", "--to", "2026-11-22", "--out", out]
    )
    assert wrong.exit_code == 1 and "douze mois" in wrong.output

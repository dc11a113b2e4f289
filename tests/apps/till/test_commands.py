"""`comptoir verify` and `comptoir report` as a script or a person calls them."""

import json

import pytest
from click.testing import CliRunner

from comptoir.config.cli.report import command as report
from comptoir.config.cli.report import euros, percent
from comptoir.config.cli.verify import command as verify
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop


@pytest.fixture
def day(sqlite_copy):
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    till.sell(line("Savon", price_e4=1_234_500_0, vat_e4=2000), tender="card")
    send(till)
    return sqlite_copy, till


@pytest.mark.feature("FISC-01")
def test_x_then_z(day) -> None:
    dossier, till = day
    run = CliRunner().invoke(report, ["x", dossier.slug])
    assert run.exit_code == 0
    assert "Tickets : 1 (n° 1 à 1)" in run.output and "Total TTC : 1\u202f234,50\u00a0€" in run.output
    first = CliRunner().invoke(report, ["x", dossier.slug, "--json"]).output
    assert CliRunner().invoke(report, ["x", dossier.slug, "--json"]).output == first
    assert CliRunner().invoke(report, ["z", dossier.slug]).exit_code == 1
    till.close({"tender": "cash", "amount_minor": 10_000, "pieces": None})
    send(till)
    z = json.loads(CliRunner().invoke(report, ["z", dossier.slug, "--date", "2026-11-22", "--json"]).output)
    assert [(one["number"], one["total_minor"], one["agrees"]) for one in z] == [(1, 123_450, True)]
    assert z[0]["report"]["gross_minor"] == json.loads(first)["gross_minor"]
    assert json.loads(CliRunner().invoke(report, ["x", dossier.slug, "--json"]).output)["tickets"]["count"] == 0


def test_verify_tells_scripts_and_people(day) -> None:
    dossier, _till = day
    run = CliRunner().invoke(verify, [dossier.slug, "--anchor-now", "--anchors", "--json"])
    assert run.exit_code == 0
    value = json.loads(run.output)
    assert (value["intact"], value["findings"], value["records"]) == (True, [], 4)
    assert "Tout est intact." in CliRunner().invoke(verify, [dossier.slug]).output
    assert CliRunner().invoke(verify, ["absent"]).exit_code == 1


def test_french_amounts() -> None:
    assert [euros(0), euros(5), euros(-123_456_789)] == [
        "0,00\u00a0€",
        "0,05\u00a0€",
        "\u22121\u202f234\u202f567,89\u00a0€",
    ]
    assert [percent(2000), percent(550), percent(210)] == ["20\u00a0%", "5,5\u00a0%", "2,1\u00a0%"]

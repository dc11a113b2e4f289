"""`comptoir close` and `comptoir statement`, as a person and as a script; the statement's sums by hand."""

import json
from datetime import date

import pytest
from click.testing import CliRunner, Result

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Record
from comptoir.apps.treasury.models import PeriodClosing
from comptoir.apps.treasury.period_statement import period_statement
from comptoir.apps.treasury.services.close_period import close_periods
from comptoir.config.cli import main
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP, open_day, whole_day


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.feature("FISC-03")
def test_months_and_years_from_the_command_line(dossier_copy) -> None:
    """Business dates long gone, so that the machine's own clock finds them over."""
    slug = dossier_copy.slug
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2024-11-29", sales=[(BREAD, "cash"), (SOAP, "card")])
    whole_day(till, "2024-12-02")
    open_day(till, "2025-01-02")
    send(till)
    said = run("close", "month", slug, "--period", "2024-11", "--json")
    assert (said.exit_code, json.loads(said.stdout)) == (0, {
        "sealed": 1,
        "closings": [{
            "kind": "month", "number": "S-1-month-1", "first": "2024-11-01", "last": "2024-11-30", "closings": 1,
            "tickets": 2, "total_minor": 570, "perpetual_algebraic_minor": 570, "perpetual_absolute_minor": 570,
        }],
    })  # fmt: skip
    assert json.loads(run("close", "month", slug, "--period", "2024-11", "--json").stdout)["sealed"] == 0
    person = run("close", "year", slug, "--period", "2024")
    assert person.exit_code == 0, person.output
    assert "Clôture n° 1 : année 2024" in person.output and "TVA 20\u00a0% : base 3,75\u00a0€" in person.output
    assert "Grand total perpétuel : 6,90\u00a0€" in person.output
    blocked = run("close", "month", slug, "--period", "2025-01")
    assert blocked.exit_code == 3 and "n’a pas fait son Z du 02/01/2025" in blocked.output
    for wrong in (["close", "month", slug, "--period", "2025-13"], ["close", "year", slug, "--period", "24"],
                  ["close", "month", slug, "--period", "2999-01"], ["close", "month", slug, "--period", "2020-01"]):  # fmt: skip
        assert run(*wrong).exit_code == 1
    assert PeriodClosing.objects.exclude(kind="day").count() == 3
    assert json.loads(run("close", "fiscal-year", slug, "--first-month", "7", "--json").stdout) == {"first_month": 7}


@pytest.mark.feature("FISC-04")
def test_a_statement_over_any_days_is_only_a_report(dossier_copy) -> None:
    """Three days of two registers, the middle and last of which are asked for: 4,50 + 1,20 = 5,70."""
    set_up_shop("C1", "C2")
    first, second = enrolled_till("C1"), enrolled_till("C2")
    whole_day(first, "2026-11-03")
    whole_day(first, "2026-11-04", sales=[(SOAP, "card")])
    whole_day(second, "2026-11-05", counted=10_130)
    before = Record.objects.count()
    shown = period_statement(date(2026, 11, 4), date(2026, 11, 5))
    assert shown["closings"] == ["C1-1-z-2", "C2-1-z-1"]
    totals = shown["totals"]
    assert (totals["gross_minor"], totals["tickets"], totals["cash"]["difference_minor"]) == (570, 2, 10)
    said = run(
        "statement", dossier_copy.slug, "--from", "2026-11-04", "--to", "2026-11-05", "--register", "C2", "--json"
    )
    assert json.loads(said.stdout)["totals"]["gross_minor"] == 120
    person = run("statement", dossier_copy.slug, "--from", "2026-11-04", "--to", "2026-11-05")
    assert "Relevé du 04/11/2026 au 05/11/2026 (non clôturé)" in person.output and "5,70\u00a0€" in person.output
    for wrong in (["--from", "2026-11-05", "--to", "2026-11-04"],
                  ["--from", "2026-11-04", "--to", "2026-11-05", "--register", "C9"]):  # fmt: skip
        assert run("statement", dossier_copy.slug, *wrong).exit_code == 1
    assert (Record.objects.count(), PeriodClosing.objects.count()) == (before, 0)


def test_a_cashier_may_not_close_a_month(sqlite_dossier) -> None:
    set_up_shop("C1")
    whole_day(enrolled_till(), "2024-11-29")
    people = one_of_each()
    for role in ("cashier", "auditor"):
        with pytest.raises(RightMissing):
            close_periods("month", actor=people[role])
    assert not PeriodClosing.objects.exists()
    manager = people["manager"]
    assert close_periods("month", actor=manager)[0].operator_name == manager.name

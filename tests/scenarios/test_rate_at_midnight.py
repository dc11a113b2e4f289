"""A Belgian shop sells over midnight on the day its normal rate goes from 21 to 22 %: nobody touches an article.

The change is a row of the country pack, given by a file of the installation. The till's clock is set on each side of midnight.

    23:59:30   lampe 24,99 at 21 %: VAT 4,34   chocolat 3,33 at 6 %: 0,19
    00:00:10   lampe 24,99 at 22 %: VAT 4,51   chocolat 3,33 at 6 %: 0,19
"""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("playwright.sync_api")

from comptoir.apps.settings import packs  # noqa: E402
from tests.scenarios.street import Street, Till  # noqa: E402
from tests.scenarios.test_belgium import basket, make_the_shop, office_gives_code_and_pin  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOMORROW = date.today() + timedelta(days=1)
MIDNIGHT = datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, tzinfo=ZoneInfo("Europe/Brussels"))


def the_law_changes(street: Street) -> None:
    pack = json.loads((Path(packs.__file__).parent / "be.json").read_text(encoding="utf-8"))
    [normal] = [row for row in pack["vat_rates"] if row["code"] == "normal"]
    pack["vat_rates"].append(normal | {"rate_e4": 2200, "valid_from": TOMORROW.isoformat()})
    normal["valid_to"] = date.today().isoformat()
    pack["version"] = "essai.1"
    folder = street.server.home / "packs"
    folder.mkdir(parents=True)
    (folder / "be.json").write_text(json.dumps(pack), encoding="utf-8")


def sell_at(till: Till, moment: datetime) -> None:
    till.page.context.clock.set_fixed_time(moment)
    basket(till, "lampe", "chocolat")
    till.figure(2832, label="Total")
    till.press("F10")
    till.shows("scellé")


def test_the_rate_changes_at_midnight(street: Street) -> None:
    the_law_changes(street)
    make_the_shop(street)
    code = office_gives_code_and_pin(street)
    till = street.till("profile", slug="bruxelles")
    till.start_day(code, "4826", 100_00)
    sell_at(till, MIDNIGHT - timedelta(seconds=30))
    sell_at(till, MIDNIGHT + timedelta(seconds=10))
    till.sent()
    before, after = street.sealed("ticket", slug="bruxelles")
    assert [before["pack"], after["pack"]] == ["be/essai.1"] * 2
    assert {row["vat_e4"]: (row["vat_minor"], row["gross_minor"]) for row in before["priced"]["vat"]} == {
        2100: (434, 2499),
        600: (19, 333),
    }
    assert {row["vat_e4"]: (row["vat_minor"], row["gross_minor"]) for row in after["priced"]["vat"]} == {
        2200: (451, 2499),
        600: (19, 333),
    }
    told = [event["code"] for event in street.sealed("event", slug="bruxelles")]
    assert 9121 not in told and 9120 not in told  # no price off the catalogue, no arithmetic that differs
    assert till.problems == []

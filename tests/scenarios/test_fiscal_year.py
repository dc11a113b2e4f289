"""A fiscal year of a small shop, April 2027 to March 2028, told through its till and its office.

The dates are lived: the server and the pages believe the day they are told (year/shop.py), nothing else of them is changed.
Every figure is a literal, added up in the docstring above it; `year/` holds the seasons.
"""

import pytest

pytest.importorskip("playwright.sync_api")

from tests.browser.conftest import WEB  # noqa: E402
from tests.scenarios.year import inspection, shop, spring, summer, winter  # noqa: E402
from tests.scenarios.year.gestures import GOODS  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def year(tmp_path, chromium_type, monkeypatch):
    if not (WEB / "dist" / "till" / "index.html").exists():
        pytest.skip("web/ is not built: run `make build`")
    year = shop.Year(tmp_path, chromium_type, monkeypatch)
    yield year
    year.close()


@pytest.mark.feature("FISC-03", "FISC-10", "FISC-11", "OFF-01", "TILL-16", "TILL-17", "TILL-19", "RET-01", "RET-02")
def test_a_fiscal_year(year: shop.Year) -> None:
    shop.found_the_shop(year)
    shop.furnish_the_shop(year, GOODS)
    spring.first_of_april(year)
    spring.a_return(year)
    spring.april_is_closed(year)
    spring.a_wrong_tender(year)
    spring.a_training_day(year)
    summer.a_day_without_server(year)
    summer.a_closing_forgotten(year)
    summer.august_is_closed(year)
    winter.christmas_eve(year)
    winter.a_copy_put_back(year)
    winter.a_credit_note(year)
    winter.a_leap_day(year)
    winter.the_last_day(year)
    winter.the_year_is_closed(year)
    inspection.the_inspection(year)

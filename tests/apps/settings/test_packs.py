"""The law as dated data: exact rates, caps and rules on the day before, of and after a change."""

from datetime import date

import pytest

from comptoir.apps.settings.packs import (
    PackGap,
    cash_rounding,
    meal_voucher_cap_minor,
    pack,
    pack_version,
    print_policy,
    vat_rates,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("country", "zone", "on", "rates"),
    [
        ("FR", "metropole", TODAY, [2000, 1000, 550, 210, 0]),
        ("FR", "metropole", date(2013, 12, 31), [1960, 700, 550, 210, 0]),
        ("FR", "metropole", date(2014, 1, 1), [2000, 1000, 550, 210, 0]),
        ("FR", "corse", TODAY, [2000, 1300, 1000, 550, 210, 90, 0]),
        ("FR", "antilles_reunion", TODAY, [850, 210, 0]),
        ("BE", "belgique", TODAY, [2100, 1200, 600, 0]),
    ],
)
def test_rates(country: str, zone: str, on: date, rates: list[int]) -> None:
    assert [row["rate_e4"] for row in vat_rates(country, zone=zone, on=on)] == rates


def test_an_unknown_zone_or_country_is_a_gap_not_a_guess() -> None:
    with pytest.raises(PackGap):
        vat_rates("FR", zone="lune", on=TODAY)
    with pytest.raises(PackGap):
        pack("DE")
    with pytest.raises(PackGap):
        cash_rounding("FR", on=date(1999, 1, 1))


def test_rules_change_on_their_day() -> None:
    assert [cash_rounding("BE", on=date(2019, 11, 30)), cash_rounding("BE", on=date(2019, 12, 1))] == ["none", "be5"]
    assert cash_rounding("FR", on=TODAY) == "none"
    caps = [meal_voucher_cap_minor("FR", on=day) for day in (date(2022, 9, 30), date(2022, 10, 1), TODAY)]
    assert caps == [1900, 2500, 2500]
    assert meal_voucher_cap_minor("BE", on=TODAY) is None
    policies = [print_policy("FR", on=day) for day in (date(2023, 7, 31), date(2023, 8, 1))]
    assert policies == ["always", "on_demand"]
    assert print_policy("BE", on=TODAY) == "always"


@pytest.mark.parametrize("country", ["FR", "BE"])
def test_no_two_rows_hold_the_same_day(country: str) -> None:
    """For each dated table, and for each code and zone, periods neither overlap nor end before they begin."""
    data = pack(country)
    for table in ("vat_rates", "cash_rounding", "meal_voucher", "cash_limit", "print_policy", "mentions"):
        spans: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in data[table]:
            last = row["valid_to"] or "9999-12-31"
            assert row["valid_from"] <= last
            for zone in row.get("zones", ["*"]):
                spans.setdefault((row.get("code", "*"), zone), []).append((row["valid_from"], last))
        for rows in spans.values():
            rows.sort()
            assert all(before[1] < after[0] for before, after in zip(rows, rows[1:], strict=False)), (table, rows)


def test_versions_are_named() -> None:
    assert (pack_version("FR"), pack_version("BE")) == ("fr/2026.1", "be/2026.1")


def test_denominations_are_the_euro_s() -> None:
    values = [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1]
    for country in ("FR", "BE"):
        assert [row["value_minor"] for row in pack(country)["denominations"]] == values
        assert [row["bank_note"] for row in pack(country)["denominations"]] == [True] * 7 + [False] * 8

"""What every list of the office gives beyond its rows: named days, totals of what was found, words for a phone's cards."""

import html
import re
from datetime import date

import pytest

from comptoir.backoffice.kit.days import named_days
from comptoir.engine.money import format_minor
from tests.apps.till.shop import line, send


def foot_of(page: str) -> list[str]:
    """The words of the totals row, cell by cell."""
    row = re.search(r"<tfoot>(.*?)</tfoot>", page, re.DOTALL)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL) if row else []
    return [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]


def test_named_days_of_a_sunday_and_of_a_first_of_march() -> None:
    spans = {days.code: (str(days.first), str(days.last)) for days in named_days(date(2026, 11, 22))}
    assert spans == {
        "jour": ("2026-11-22", "2026-11-22"), "hier": ("2026-11-21", "2026-11-21"), "semaine": ("2026-11-16", "2026-11-22"),
        "mois": ("2026-11-01", "2026-11-22"), "mois-dernier": ("2026-10-01", "2026-10-31"),
    }  # fmt: skip
    last = named_days(date(2028, 3, 1))[-1]
    assert (last.first, last.last) == (date(2028, 2, 1), date(2028, 2, 29))


def test_a_narrowed_list_of_tickets_ends_with_its_totals(shop, visit, at) -> None:
    """9,80 and 1,20 in cash; then 24,90 by card: the cash alone makes 11,00."""
    till = shop.till
    till.open()
    till.sell(line("Bougie", price_e4=249_000, vat_e4=2000), tender="card")
    send(till)
    client = visit("manager")
    assert "<tfoot>" not in client.get(at("tickets/")).content.decode()
    foot = foot_of(client.get(at("tickets/?reglement=cash")).content.decode())
    assert (foot[0], foot[-1]) == ("Total", format_minor(1_100))
    foot = foot_of(client.get(at("tickets/?du=2026-11-22&au=2026-11-22")).content.decode())
    assert (foot[0], foot[-1]) == ("Total", format_minor(3_590))
    assert "<tfoot>" not in client.get(at("tickets/?montant=999")).content.decode()


def test_totals_follow_the_columns_that_one_chose(shop, visit, at) -> None:
    client = visit("owner")
    client.post(at("tickets/"), {"columns": ["net_minor", "vat_minor", "gross_minor"]})
    assert foot_of(client.get(at("tickets/?reglement=cash")).content.decode()) == [
        "Total", format_minor(1_043), format_minor(57), format_minor(1_100),
    ]  # fmt: skip


def test_z_of_some_days_with_tickets_total_and_difference(shop, visit, at) -> None:
    """The drawer holds 110,00 and 100,00 were counted: 11,00 of sales, 11,00 missing."""
    page = visit("auditor").get(at("z/?du=2026-11-22&au=2026-11-22")).content.decode()
    assert [cell for cell in foot_of(page) if cell] == [
        "Total", "tickets 2", format_minor(1_100), f"écart {format_minor(-1_100)}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["tickets/", "sessions/", "z/", "coffre/mouvements/", "coffre/caisses/", "controle/evenements/"]
)
def test_lists_by_day_offer_the_named_days_and_keep_the_other_filters(shop, visit, at, path: str) -> None:
    page = visit("owner").get(at(path) + "?tri=at&page=1").content.decode()
    links = re.findall(r'<a class="button [^"]*" href="\?([^"]*)"', page.split('id="shortcuts"')[1].split("</nav>")[0])
    assert len(links) == 5
    assert all("tri=at" in link and "page=" not in link and "du=" in link and "au=" in link for link in links)

"""The home page: figures of the named days beside those before them, charts in words, what leads where."""

import html
import re
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from comptoir.apps.settings.models import Establishment
from comptoir.apps.till.models import Ticket
from comptoir.apps.treasury.queries import sessions
from comptoir.backoffice.home import pages
from comptoir.backoffice.home.charts import Bar, columns_chart
from comptoir.backoffice.home.figures import change_percent
from comptoir.backoffice.home.spans import compared_days
from comptoir.engine.money import format_euro
from tests.apps.till.shop import Till, enrolled_till, line, send
from tests.apps.treasury.months import BREAD, SOAP, open_day, whole_day

SUNDAY = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def words_of(answer) -> str:
    main = answer.content.decode().split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("code", "first", "last", "until"),
    [
        ("jour", date(2026, 11, 15), date(2026, 11, 15), datetime(2026, 11, 15, 10, 30, tzinfo=UTC)),
        ("hier", date(2026, 11, 14), date(2026, 11, 14), None),
        ("semaine", date(2026, 11, 9), date(2026, 11, 15), datetime(2026, 11, 15, 10, 30, tzinfo=UTC)),
        ("mois", date(2026, 10, 1), date(2026, 10, 22), datetime(2026, 10, 22, 10, 30, tzinfo=UTC)),
        ("mois-dernier", date(2026, 9, 1), date(2026, 9, 30), None),
        ("n’importe quoi", date(2026, 11, 15), date(2026, 11, 15), datetime(2026, 11, 15, 10, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_what_named_days_are_compared_with(code: str, first: date, last: date, until: datetime | None) -> None:
    found = compared_days(code, now=SUNDAY)
    assert (found.first, found.last, found.until) == (first, last, until)


def test_a_31st_is_compared_with_all_of_a_shorter_month() -> None:
    found = compared_days("mois", now=datetime(2026, 3, 31, 9, 0, tzinfo=UTC))
    assert (found.first, found.last, found.until) == (date(2026, 2, 1), date(2026, 2, 28), None)


def test_changes_in_whole_percent() -> None:
    assert [change_percent(*pair) for pair in ((141, 100), (5, 8), (0, 100), (1, 0), (None, 5))] == [
        41,
        -38,
        -100,
        None,
        None,
    ]


def test_a_chart_says_its_figures_and_keeps_room_for_its_words() -> None:
    """Two hours beside those of a week earlier; 31 days in 360 pixels name the highest and the current one alone."""
    chart = columns_chart([Bar("9 h", 6_049, 4_000), Bar("10 h", 0, 1_050, True)], before="7 jours plus tôt")
    assert chart["summary"] == "9 h 60 € (7 jours plus tôt 40 €), 10 h 0 € (7 jours plus tôt 11 €)"
    assert [(bar["h"], bar["ghost_h"], bar["value"]) for bar in chart["bars"]] == [(146, 96, "60"), (0, 25, "")]
    assert [one["width"] for one in chart["drawings"]] == [760, 360]
    month = columns_chart([Bar(str(day), day * 100, None, day == 5) for day in range(1, 32)])["drawings"][1]
    assert [bar["value"] for bar in month["bars"] if bar["value"]] == ["5", "31"]
    assert [bar["name"] for bar in month["bars"] if bar["name"]] == [
        "1",
        "4",
        "5",
        "7",
        "10",
        "13",
        "16",
        "19",
        "22",
        "25",
        "28",
        "31",
    ]
    assert columns_chart([Bar("lun.", 0)]) == {"bars": []}


@pytest.fixture
def two_sundays(shop, monkeypatch) -> Till:
    """The clock stands at 11:30 in Paris on 22 November. A week before, C2 sold 4,50 at 9:00 and 1,20 at 9:00; the shop's own
    Sunday has 9,80 and 1,20 at noon; today C1 adds 24,90 by card."""
    monkeypatch.setattr(timezone, "now", lambda: SUNDAY)
    monkeypatch.setattr(timezone, "localdate", lambda *_: SUNDAY.date())
    second = enrolled_till("C2")
    whole_day(second, "2026-11-15", sales=[(SOAP, "card"), (BREAD, "cash")])
    shop.till.open()
    shop.till.sell(line("Bougie", price_e4=249_000, vat_e4=2000), tender="card")
    send(shop.till)
    return second


def test_the_day_beside_the_same_weekday(two_sundays, visit, at) -> None:
    """35,90 in three tickets against 5,70 in two: six times as much and a bit, 530 % more."""
    page = words_of(visit("manager").get(at("")))
    assert plain(f"{format_euro(3_590)} +530\u00a0% · {format_euro(570)} il y a 7 jours, même heure") in page
    assert plain(f"Tickets 3 +50\u00a0% · 2 Panier moyen {format_euro(1_197)}") in page
    assert plain("Taux HT TVA TTC 20 % 20,75 4,15 24,90 5,5 % 10,43 0,57 11,00") in page
    assert plain(f"Règlements Carte {format_euro(2_490)} Espèces {format_euro(1_100)}") in page
    assert plain("Semaine, TTC 35,90 €") in page


def test_other_days_are_one_press_away(two_sundays, visit, at) -> None:
    client = visit("owner")
    for code, gross in (("hier", 0), ("semaine", 3_590), ("mois", 4_160), ("mois-dernier", 0)):
        answer = client.get(at(f"?periode={code}"))
        assert answer.context["figures"]["gross"] == gross, code
        pressed = answer.content.decode().split('id="shortcuts"')[1].split("</nav>")[0]
        assert re.findall(r'href="\?periode=([a-z-]+)" aria-current="true"', pressed) == [code]
    labels = re.findall(
        r'<svg class="chart [^"]*"[^>]*aria-label="([^"]*)"', client.get(at("?periode=semaine")).content.decode()
    )
    assert len(labels) == 2 and "dim. 36 € (la semaine d’avant 6 €)" in html.unescape(labels[0])


def test_an_open_drawer_leads_to_its_session_and_says_of_which_day(two_sundays, visit, at) -> None:
    """C1 stands open since this morning; C2 then since the 20th, which is said where its hour would have been."""
    mine = sessions().filter(closed=False).get()
    page = html.unescape(visit("owner").get(at("")).content.decode())
    assert page.count(f'href="{at(f"sessions/{mine.pk}/")}"') == 2  # the note at the side, and the task
    assert "Z du" not in page
    open_day(two_sundays, "2026-11-20")
    send(two_sundays)
    other = sessions().get(register="C2", closed=False)
    page = html.unescape(visit("owner").get(at("")).content.decode())
    assert page.count("Z du 20/11 à faire") == 1
    assert page.count(f'href="{at(f"sessions/{other.pk}/")}"') == 2


def test_the_clock_of_a_passed_day_lights_no_hour(two_sundays, visit, at) -> None:
    assert all(
        not bar["now"] for bar in visit("owner").get(at("?periode=hier")).context["charts"][1]["chart"]["bars"][:5]
    )
    assert (
        pages.columns_chart(pages.sales_by_hour(pages.tickets_between(date(2026, 11, 15), date(2026, 11, 15))))["bars"][
            0
        ]["now"]
        is False
    )


def test_a_line_of_an_article_unknown_to_the_office_is_shown_without_a_link(shop, visit, at) -> None:
    """Whatever id a till sealed, neither home nor the ticket may stop at it."""
    shop.till.open()
    shop.till.sell(line("Pain au levain", price_e4=98_000, article="PAIN/../1"))
    send(shop.till)
    client, last = visit("owner"), Ticket.objects.order_by("-seq").first()
    for path in ("", f"tickets/{last.pk}/"):
        page = client.get(at(path))
        assert (page.status_code, "Pain au levain" in page.content.decode()) == (200, True)


def test_days_and_hours_are_those_of_the_shop_not_of_the_server(shop, visit, at, monkeypatch) -> None:
    """Guadeloupe, half past nine in the evening of the 22nd: it is the 23rd in Paris already."""
    Establishment.objects.update(time_zone="America/Guadeloupe")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
    client = visit("owner")
    page = words_of(client.get(at("")))
    assert "Dimanche 22 novembre, 21:30" in page
    assert re.search(r"Tickets 2 ", page)
    assert "22/11/2026 07:00" in words_of(client.get(at("tickets/")))
    rows = b"".join(client.get(at("tickets/?export=csv")).streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(";")[1] for row in rows[1:]] == ["22/11/2026 07:00:02", "22/11/2026 07:00:01"]
    assert timezone.get_current_timezone_name() == "Europe/Paris"

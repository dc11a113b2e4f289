"""What every list of the office gives beyond its rows: named days, totals of what was found, words for a phone's cards."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.till.models import Ticket
from comptoir.apps.treasury.models import Closing
from comptoir.backoffice.kit import listing
from comptoir.backoffice.kit.days import named_days
from comptoir.engine.money import format_minor
from tests.apps.access.people import PASSWORD, one_of_each
from tests.apps.till.shop import line, send, set_up_shop


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
        "Total", "2 tickets", format_minor(1_100), f"écart {format_minor(-1_100)}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["tickets/", "sessions/", "z/", "coffre/mouvements/", "coffre/caisses/", "controle/evenements/"]
)
def test_lists_by_day_offer_the_named_days_and_keep_the_other_filters(shop, visit, at, path: str) -> None:
    page = visit("owner").get(at(path) + "?tri=at&page=1").content.decode()
    links = re.findall(r'<a class="button [^"]*" href="\?([^"]*)"', page.split('id="shortcuts"')[1].split("</nav>")[0])
    assert len(links) == 5
    assert all("tri=at" in link and "page=" not in link and "du=" in link and "au=" in link for link in links)


def test_a_session_says_what_it_sold_and_which_z_closed_it(shop, visit, at) -> None:
    """C1 sold 11,00 in two tickets and closed; its second session sold 1,20 and stands open."""
    shop.till.open()
    shop.till.sell()
    send(shop.till)
    client = visit("manager")
    rows = re.findall(
        r"<tr [^>]*>(.*?)</tr>", client.get(at("sessions/")).content.decode().split("<tbody>")[1], re.DOTALL
    )
    words = [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in rows
    ]
    assert [row[5:] for row in words] == [
        ["1 ticket", format_minor(120), "", "Ouverte"], ["2 tickets", format_minor(1_100), "Z C1-1-1", "Scellée"],
    ]  # fmt: skip
    exported = b"".join(client.get(at("sessions/?export=csv")).streaming_content).decode("utf-8-sig")
    assert [line.split(";")[5:8] for line in exported.splitlines()] == [
        ["Tickets", "Ventes TTC", "Z"], ["1", "1,20", ""], ["2", "11,00", "C1-1-1"],
    ]  # fmt: skip


def test_from_a_z_to_its_tickets_and_back(shop, visit, at) -> None:
    """The Z leads to its two tickets alone, each ticket to its Z; one that no Z sums yet leads to its session."""
    shop.till.open()
    shop.till.sell()
    send(shop.till)
    client, z = visit("owner"), Closing.objects.get()
    page = client.get(at(f"z/{z.pk}/")).content.decode()
    for address in (
        f"tickets/?z={z.pk}",
        f"sessions/{z.sessions.get().session}/",
        "clotures/?mois=2026-11",
        "livres/?du=2026-11-22&amp;au=2026-11-22&amp;lieu=drawer/C1",
    ):
        assert f'href="{at(address)}"' in page, address
    summed = client.get(at(f"tickets/?z={z.pk}"))
    assert [ticket.seq for ticket in summed.context["table"].data.data] == [2, 1]
    assert foot_of(summed.content.decode())[-1] == format_minor(1_100)
    last, first = Ticket.objects.order_by("-seq").first(), Ticket.objects.get(seq=1)
    assert f'href="{at(f"z/{z.pk}/")}"' in client.get(at(f"tickets/{first.pk}/")).content.decode()
    assert f'href="{at(f"sessions/{last.session}/")}"' in client.get(at(f"tickets/{last.pk}/")).content.decode()
    assert client.get(at("tickets/?z=0192f0c1-0000-7000-8000-0000000000ff")).context["found"] == 0


def test_books_lead_to_the_papers_that_they_quote(shop, visit, at) -> None:
    client, z, ticket = visit("auditor"), Closing.objects.get(), Ticket.objects.get(seq=1)
    page = client.get(at("livres/?mois=2026-11")).content.decode()
    assert f'href="{at("livres/piece/mouvement/C1-1-1/")}">Mvt C1-1-1</a>' in page
    assert f'href="{at("livres/piece/z/C1-1-1/")}">C1-1-1</a>' in page
    together = "tickets/?du=2026-11-22&amp;au=2026-11-22&amp;caisse=C1&amp;reglement=cash&amp;tri=seq"
    assert f'href="{at(together)}">C1-1-1 à 2</a>' in page
    assert (
        f'href="{at("livres/piece/ticket/C1-1-2/")}">C1-1-2</a>'
        in client.get(at("livres/ventes/?mois=2026-11")).content.decode()
    )
    for book in ("recettes/", "recettes/?modele=BE", "ecritures/"):
        assert (
            f'href="{at("livres/piece/z/C1-1-1/")}">C1-1-1</a>' in client.get(at(f"livres/{book}")).content.decode()
        ), book
    leads = {kind: client.get(at(f"livres/piece/{kind}/C1-1-1/")) for kind in ("ticket", "z")}
    assert {kind: answer["Location"] for kind, answer in leads.items()} == {
        "ticket": at(f"tickets/{ticket.pk}/"), "z": at(f"z/{z.pk}/"),
    }  # fmt: skip
    for unknown in ("ticket/C1-1-99", "z/C9-1-1", "bureau/S-1-1", "autre/C1-1-1", "ticket/x"):
        assert client.get(at(f"livres/piece/{unknown}/")).status_code == 404, unknown
    assert visit("cashier").get(at("livres/piece/ticket/C1-1-1/")).status_code == 403


@pytest.mark.parametrize(
    "path", ["livres/", "livres/recettes/", "livres/ventes/", "livres/ecritures/", "livres/controle/"]
)
def test_books_offer_the_named_days(shop, visit, at, path: str) -> None:
    page = visit("owner").get(at(path) + "?caisse=C1").content.decode()
    links = re.findall(r'<a class="button [^"]*" href="\?([^"]*)"', page.split('id="shortcuts"')[1].split("</nav>")[0])
    assert len(links) == 5 and all("caisse=C1" in link for link in links)
    assert ["mois=" in link for link in links] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("path", "sentence", "leads"),
    [
        ("tickets/", "Aucun ticket pour l’instant.", "caisse/"), ("sessions/", "Aucune journée ouverte pour l’instant.", "caisse/"),
        ("z/", "Aucun Z pour l’instant.", "caisse/"), ("articles/", "Aucun article pour l’instant.", "articles/nouveau/"),
        ("familles/", "Aucune famille pour l’instant.", "familles/nouvelle/"), ("coffre/caisses/", "Aucune entrée ni sortie pour l’instant.", ""),
        ("coffre/mouvements/", "Rien n’est encore entré au coffre ni sorti.", ""),
    ],
)  # fmt: skip
def test_a_list_that_never_held_anything_says_what_fills_it(
    sqlite_dossier, path: str, sentence: str, leads: str
) -> None:
    """A shop on its first morning. The auditor is told the same, and is offered nothing that they may not do."""
    set_up_shop("C1")
    people, root = one_of_each(), f"/d/{sqlite_dossier.slug}/"
    said = {}
    for role in ("owner", "auditor"):
        client = Client()
        client.post(f"{root}connexion/", {"login": people[role].login, "password": PASSWORD})
        said[role] = (
            html.unescape(client.get(root + path).content.decode()).split('class="empty"')[1].split("</div>")[0]
        )
    assert all(sentence in words and "Rien ne correspond" not in words for words in said.values())
    assert [f'href="{root}{leads}"' in said[role] for role in said] == [bool(leads), leads == "caisse/"]


def test_a_list_that_the_filters_empty_says_so(shop, visit, at) -> None:
    assert "Rien ne correspond" in visit("owner").get(at("tickets/?montant=999")).content.decode()


def test_rows_of_one_price_stand_on_one_page_each(shop, visit, at) -> None:
    rows = [ArticleInput(f"P{number:03d}", "Pomme", 10_000, 550) for number in range(120)]
    assert import_articles(rows, by=COMMAND_LINE).created == 120
    client, found = visit("owner"), []
    with CaptureQueriesContext(connection) as asked:
        for page in (1, 2, 3):
            shown = client.get(at(f"articles/?recherche=pomme&tri=price_e4&page={page}")).content.decode()
            found += re.findall(r">(P\d{3})<", shown)
    assert sorted(found) == [row.code for row in rows]
    sorts = [one["sql"] for one in asked.captured_queries if 'ORDER BY "catalog_article"."price_e4"' in one["sql"]]
    assert len(sorts) == 3
    assert all('ORDER BY "catalog_article"."price_e4" ASC, "catalog_article"."id" ASC' in sql for sql in sorts)


def test_a_workbook_that_cannot_hold_the_list_is_refused(shop, visit, at, monkeypatch) -> None:
    monkeypatch.setattr(listing, "XLSX_ROWS", 1)
    client = visit("owner")
    answer = client.get(at("articles/?export=xlsx&tri=name"))
    assert (answer.status_code, answer["Location"]) == (302, at("articles/?tri=name"))
    assert "Un classeur ne tient que 1 lignes" in client.get(answer["Location"]).content.decode()
    assert client.get(at("articles/?export=xlsx&recherche=miel")).status_code == 200

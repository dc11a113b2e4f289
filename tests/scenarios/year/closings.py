"""Months and the year, closed by the owner in her office, and what their pages show."""

import re

from playwright.sync_api import expect

from tests.scenarios.street import Office


def rules_of_the_shop(office: Office) -> None:
    """The fiscal year starts in April; Anna closes her months herself."""
    page = office.page
    page.goto(f"{office.address}clotures/regles/")
    page.get_by_label("L’exercice commence en").select_option(label="Avril")
    page.get_by_label("Clôturer seul les mois et les exercices terminés").uncheck()
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.locator("body")).to_contain_text("vous clôturez ici, quand vous voulez")


def close_month(office: Office, month: str, name: str, *, told: str, figures: list[str], vat: list[list[str]]) -> None:
    """Closes a month and those before it that are open: `told` is the sentence that names them."""
    page = office.page
    page.goto(f"{office.address}clotures/?mois={month}")
    expect(page.locator("#month-card h2")).to_have_text(re.compile(name, re.IGNORECASE))
    page.locator(
        "#month-card button.main"
    ).click()  # « Clôturer », or « Clôturer quand même » when a till has long been silent
    expect(page.locator("body")).to_contain_text(told, timeout=60_000)
    check_sheet(office, figures=figures, vat=vat)


def close_year(office: Office, month: str, *, told: str, figures: list[str], vat: list[list[str]]) -> None:
    page = office.page
    page.goto(f"{office.address}clotures/?mois={month}")
    page.get_by_role("button", name="Clôturer l’exercice").click()
    expect(page.locator("body")).to_contain_text(told, timeout=60_000)
    check_sheet(office, figures=figures, vat=vat)


def books_agree(office: Office, month: str, *, closings: int, tickets: int) -> None:
    """The cross-check of the month's books: nothing between what was sealed and what they tell."""
    office.page.goto(f"{office.address}livres/controle/?mois={month}")
    said = f"Écart 0,00 € : les livres disent ce que les Z ont scellé ({closings} Z, {tickets} tickets)."
    expect(office.page.locator("p.notice.success")).to_have_text(said)


def see_month(office: Office, month: str, *, figures: list[str], vat: list[list[str]]) -> None:
    """A month closed before, as its page tells it."""
    office.page.goto(f"{office.address}clotures/?mois={month}")
    office.page.locator("#month-card").get_by_role("link", name="Voir la clôture").click()
    check_sheet(office, figures=figures, vat=vat)


def check_sheet(office: Office, *, figures: list[str], vat: list[list[str]]) -> None:
    """Total TTC, total HT, tickets, Z, cash difference; then the VAT of each rate."""
    assert [plain(text) for text in office.page.locator("dl.figures dd").all_inner_texts()] == figures
    assert table(office, "TVA par taux") == vat


def table(office: Office, title: str) -> list[list[str]]:
    """The rows of the sheet's table with this title, as read."""
    rows = office.page.locator("section.sheet", has=office.page.get_by_role("heading", name=title, exact=True)).locator(
        "tbody tr:not(.sum)"
    )
    return [[plain(cell) for cell in row.locator("td").all_inner_texts()] for row in rows.all()]


def plain(text: str) -> str:
    """Spaces as one types them, the minus as one types it."""
    return re.sub(r"\s+", " ", text).replace("\u2212", "-").strip()

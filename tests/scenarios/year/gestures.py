"""What the people of the shop do at its till."""

from tests.scenarios.street import Till

GOODS = {  # barcode: name, price TTC, VAT
    "5400000000010": ("Pain de seigle", "2,00", "5,5 %"),
    "5400000000027": ("Miel de thym", "8,00", "5,5 %"),
    "5400000000034": ("Bol en grès", "12,00", "20 %"),
    "5400000000041": ("Lampe de chevet", "60,00", "20 %"),
}
CODE = dict(zip(("pain", "miel", "bol", "lampe"), GOODS, strict=True))


def basket(till: Till, *names: str, total: int) -> None:
    for name in names:
        till.scan(CODE[name])
    till.figure(total, label="Total")


def in_cash(till: Till, *names: str, total: int, given: int | None = None) -> None:
    """One sale in cash: exact, or with what the customer hands over, in euros."""
    basket(till, *names, total=total)
    if given is not None:
        till.type(str(given))
        till.shows(f"prend {given},00")
    till.press("F9")
    till.figure(total if given is None else given * 100 - total, label="Payé" if given is None else "À rendre")


def by_card(till: Till, *names: str, total: int) -> None:
    basket(till, *names, total=total)
    till.press("F10")
    till.figure(total, label="Payé")


def give_back(till: Till, ticket: str, *names: str, reason: str, refund: int) -> None:
    """The receipt is scanned, then what comes back; « C1-1-3 » is read from the receipt's code."""
    till.scan(f"T{ticket}")
    till.shows(f"Ticket {ticket}")
    for name in names:
        till.scan(CODE[name])
    till.figure(-refund, label="À rembourser")
    till.touch(reason)


def correct_tender(till: Till, ticket: str, right: str, *, code: str = "") -> None:
    """One wrong tender on a ticket already sealed. `code`: of somebody who may, when the cashier may not."""
    till.scan(f"T{ticket}")
    till.shows(f"Ticket {ticket}")
    till.touch("Corriger le règlement")
    till.shows("L’ancien règlement est repris et le bon inscrit")
    till.page.locator(".r-work").get_by_role("button", name=right, exact=True).click()
    till.press("Enter")
    if code:
        till.shows(f"Corriger le règlement du ticket {ticket}")
        till.type(code)


def pay_out(till: Till, euros: str, *, reason: str, label: str) -> None:
    """Cash out of the drawer for something small."""
    till.touch("Mouvement")
    till.type(euros)
    till.touch(reason)
    till.page.get_by_label("À qui, pour quoi").fill(label)
    till.touch("Enregistrer le mouvement")
    till.shows("sortis de la caisse")


def open_day(till: Till, pin: str) -> None:
    """The float of the evening before is there: 100,00."""
    till.sign_in(pin)
    till.shows("Fond de caisse")
    till.count({2000: 5})
    till.figure(100_00, label="Fond de caisse")
    till.press("F12")
    till.shows("Scannez le premier article")


def close_day(till: Till, *, cash: int, card: str | None = None, asked: bool = False) -> None:
    """The ritual with a drawer that is right, in whole euros; 100,00 stay for tomorrow, the rest goes to the safe.
    `asked`: the ritual was begun from a notice."""
    pieces = {20_00: cash // 20_00, 1_00: cash % 20_00 // 1_00}
    till.close_day(pieces, {"Carte": card} if card else {}, begun=asked)

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

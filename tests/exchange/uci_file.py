"""Writes a sales file in the shape of UCI Online Retail, with everything odd that the published one holds.

Made up from a seed: no line is copied. The writer keeps its own count of what it wrote, for the tests to compare."""

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
NAMES = [
    "WHITE HEART HOLDER",
    "SET 6 TEA TOWELS",
    "CAKE STAND ",
    "GLASS JAR",
    "LUNCH BAG RED",
    "T-LIGHT £1.25",
    "ŒUF & COQUETIER",
]


class Written(NamedTuple):
    lines: int
    sold: int
    listed: int
    totals_minor: dict[str, int]  # by day


class _Writer:
    def __init__(self, *, seed: int, style: str) -> None:
        self.rng = random.Random(seed)
        self.style = style
        self.lines = self.sold = self.listed = 0
        self.totals: dict[str, int] = {}
        self.number = 536_365

    def when(self, at: datetime) -> str:
        if self.style == "iso":
            return at.strftime("%Y-%m-%d %H:%M:%S")
        return f"{at.month}/{at.day}/{at.year} {at.hour}:{at.minute:02d}"

    def sale(self, row: list, *, invoice: str, at: datetime, quantity: int, price: str) -> list:
        code, name, customer = row
        whole, _, decimals = price.partition(".")
        e4 = int(whole) * 10_000 + int((decimals + "0000")[:4])
        minor = (abs(quantity) * e4 + 50) // 100 * (1 if quantity > 0 else -1)
        day = at.date().isoformat()
        self.totals[day] = self.totals.get(day, 0) + minor
        self.lines, self.sold = self.lines + 1, self.sold + 1
        return [invoice, code, name, quantity, self.when(at), price, customer, "United Kingdom"]

    def not_a_sale(self, cells: list) -> list:
        self.lines, self.listed = self.lines + 1, self.listed + 1
        return cells

    def article(self) -> list:
        number = self.rng.randrange(3_000)
        code = f"{20_000 + number}{self.rng.choice(['', '', 'A', 'B'])}"
        customer = f"{12_346 + self.rng.randrange(5_000)}.0" if self.rng.randrange(4) else ""
        return [code, self.rng.choice(NAMES), customer]

    def price(self) -> str:
        return self.rng.choice(
            ["0.42", "0.85", "1.25", "2.55", "3.39", "7.95", "14.95", "0.001", "4.125", "2.1", "165.0"]
        )

    def day(self, day: date, *, invoices: int, lines: int):
        at = datetime(day.year, day.month, day.day, 8, 0)
        for _ in range(invoices):
            self.number += 1
            at += timedelta(minutes=self.rng.randrange(1, 4))
            refund = self.rng.randrange(7) == 0
            count = 1 + self.rng.randrange(2 * lines)
            if self.rng.randrange(400) == 0:
                count = 1_114
            for line in range(count if not refund else 1 + count % 3):
                moment = at + timedelta(minutes=line // 300)  # a long invoice runs over several minutes
                quantity = self.rng.choice([1, 2, 6, 12, 24, 80_995 if self.rng.randrange(2_000) == 0 else 3])
                yield self.sale(
                    self.article(), invoice=f"C{self.number}" if refund else str(self.number), at=moment,
                    quantity=-quantity if refund else quantity, price=self.price(),
                )  # fmt: skip
        yield from self.odd(at)

    def odd(self, at: datetime):
        when = self.when(at)
        self.number += 1
        n = str(self.number)
        uk = "United Kingdom"
        yield self.sale(["22423", "GIFT", "12603.0"], invoice=n, at=at, quantity=1, price="0.0")  # a present
        yield self.sale(["M", "", "14646.0"], invoice=n, at=at, quantity=2, price="1.50")  # no description
        yield self.sale(["", "", ""], invoice=n, at=at, quantity=2, price="1.50")  # neither code nor description
        yield self.not_a_sale([n, "22139", "", 56, when, "0.0", "", uk])
        yield self.not_a_sale([n, "84952C", "check", -38, when, "0.0", "", uk])
        yield self.not_a_sale([f"A{n}", "B", "Adjust bad debt", 1, when, "-11062.06", "", uk])
        yield self.not_a_sale([f"A{n}", "B", "Adjust bad debt", 1, when, "11062.06", "", uk])
        yield self.not_a_sale([n, "B", "Adjust bad debt", 1, when, "-5", "", uk])
        yield self.not_a_sale([n, "20000", "NOTHING", 0, when, "1.25", "17850.0", uk])
        yield self.not_a_sale([n, "20000", "WHEN", 1, "31/02/2011 25:61", "1.25", "17850.0", uk])
        yield self.not_a_sale([n, "20000", "WHEN", 1, "", "1.25", "17850.0", uk])
        yield self.not_a_sale([n, "20000", "HOW MUCH", 1, when, "", "17850.0", uk])
        yield self.not_a_sale([n, "20000", "HOW MANY", "six", when, "1.25", "17850.0", uk])
        yield self.not_a_sale([f"C{n}", "20000", "WHICH WAY", 6, when, "1.25", "17850.0", uk])
        yield self.not_a_sale(["", "20000", "WHOSE", 6, when, "1.25", "17850.0", uk])
        yield self.not_a_sale([n, "20000", "TOO SHORT", 6])
        yield self.not_a_sale([n, "20000", "TOO PRECISE", 1, when, "1.23456", "17850.0", uk])


def write_uci(
    path: Path, *, days: int, invoices: int, lines: int, seed: int = 1, style: str = "iso", encoding: str = "utf-8",
    shuffled: bool = False,
) -> Written:  # fmt: skip
    """`shuffled` puts the days out of order, and one line of each invoice elsewhere in the file."""
    writer = _Writer(seed=seed, style=style)
    day = date(2010, 12, 1)
    blocks = []
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for _ in range(days):
            rows = writer.day(day, invoices=invoices, lines=lines)
            day += timedelta(days=3 if day.weekday() == 4 else 1)
            if shuffled:
                blocks.append(list(rows))
            else:
                out.writerows(rows)
        writer.rng.shuffle(blocks)
        mixed = [row for block in blocks for row in block]
        out.writerows(mixed[::2] + mixed[1::2])
    return Written(writer.lines, writer.sold, writer.listed, writer.totals)

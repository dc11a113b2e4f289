"""One day of a sales file played on a soft till: opening, tickets, count, Z."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .clocks import SetClock
from .ports import Record
from .softtill import EngineRefusal, SoftTill
from .staging import Invoice, Staging
from .verdicts import SaleLine

MAX_TICKET_LINES = 2_000
FLOAT_MINOR = 20_000


class Rules(NamedTuple):
    """What the file does not tell."""

    vat_e4: int
    cash: str  # code of the tender for small amounts
    card: str
    cash_below_minor: int


class Day(NamedTuple):
    """What the till says of a day: its Z, and what it was made of."""

    date: str
    z: Record
    report: dict[str, Any]
    tickets: int
    lines: int


class DaySeller:
    """Sells the invoices of a day. `sent` is told after each record, so that sending goes on meanwhile."""

    def __init__(
        self, *, till: SoftTill, clock: SetClock, staging: Staging, rules: Rules, operator: dict, sent
    ) -> None:
        self._till, self._clock, self._staging, self._rules = till, clock, staging, rules
        self._operator, self._sent = operator, sent
        self.cut: list[str] = []  # invoices too long for one ticket

    def sell(self, date: str) -> Day:
        tickets = lines = 0
        last = None
        for invoice in self._staging.invoices_of(date):
            if last is None:
                self._open(date, at=invoice.at)
            last = max(invoice.at, last or invoice.at)
            self._clock.set_local(invoice.at)
            for part in self._parts(invoice):
                if self._sell_part(invoice, part):
                    tickets, lines = tickets + 1, lines + len(part)
                    self._sent()
        self._clock.set_local(last or datetime.fromisoformat(date + " 20:00"))
        report = self._till.report(kind="x")
        expected = report["cash"]["expected_minor"]
        counted = [{"tender": self._rules.cash, "amount_minor": expected, "pieces": []}]
        _, z = self._till.close_session(counted=counted)
        self._sent()
        return Day(date, z, report, tickets, lines)

    def _open(self, date: str, *, at: datetime) -> None:
        self._clock.set_local(at - timedelta(minutes=1))
        self._till.open_session(business_date=date, operator=self._operator, float_minor=FLOAT_MINOR)

    def _parts(self, invoice: Invoice) -> list[list[SaleLine]]:
        """A ticket holds at most 2,000 lines; a longer invoice becomes several tickets, and is named in the report."""
        if len(invoice.lines) > MAX_TICKET_LINES:
            self.cut.append(invoice.number)
        return [invoice.lines[i : i + MAX_TICKET_LINES] for i in range(0, len(invoice.lines), MAX_TICKET_LINES)]

    def _sell_part(self, invoice: Invoice, lines: list[SaleLine]) -> bool:
        basket = self._till.basket([self._line(sale, number) for number, sale in enumerate(lines, start=1)])
        try:
            priced = self._till.price(basket)
            total = priced["gross_minor"]
            # A refund goes back to the card: paid in cash, refunds could ask more of the drawer than it holds.
            tender = self._rules.cash if 0 < total < self._rules.cash_below_minor else self._rules.card
            tenders = [{"id": "1", "type": tender, "amount_minor": total, "reference": None}] if total else []
            self._till.sell(
                basket=basket,
                settle=self._till.settlement(priced=priced, tenders=tenders),
                operation="refund" if invoice.refund or total < 0 else "sale",
            )
        except EngineRefusal as refusal:
            self._staging.list_sales(lines, f"la caisse a refusé le ticket {invoice.number} ({refusal.code}).")
            return False
        return True

    def _line(self, sale: SaleLine, number: int) -> dict[str, Any]:
        return {
            "id": str(number),
            "article": None,
            "label": sale.label,
            "family": None,
            "kind": "goods",
            "quantity_milli": sale.quantity_milli,
            "unit": "pce",
            "unit_price_e4": sale.unit_price_e4,
            "vat_e4": self._rules.vat_e4,
        }

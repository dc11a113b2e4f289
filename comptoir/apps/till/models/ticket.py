"""What sealed tickets say, as rows to search and to sum. Append-only; `verify` compares them with the sealed bodies.

Written by raw multi-row inserts (services/book_tickets.py): keep the columns of rows.py in step."""

from django.db import models
from django.db.models import Q

from comptoir.apps.fiscal.models import Record


class Ticket(models.Model):
    """One finalised ticket: sale, refund, cancellation or correction of tender. Training tickets have no row."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    chain = models.TextField()
    seq = models.BigIntegerField()
    register = models.TextField()
    generation = models.IntegerField()
    session = models.UUIDField(null=True)
    business_date = models.DateField()
    at = models.DateTimeField()
    operation = models.TextField()  # sale, refund, cancel, correction
    operator_id = models.TextField()
    operator_name = models.TextField()
    customer = models.TextField(null=True)  # null means nobody
    origin = models.UUIDField(null=True)  # ticket that a refund or cancellation answers
    mode = models.TextField()  # TTC or HT
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    rounding_minor = models.BigIntegerField()
    change_minor = models.BigIntegerField()
    articles = models.BigIntegerField()
    line_count = models.IntegerField()
    deleted_lines = models.IntegerField()
    deleted_minor = models.BigIntegerField()
    perpetual_algebraic_minor = models.BigIntegerField()
    perpetual_absolute_minor = models.BigIntegerField()
    catalogue = models.BigIntegerField()
    reason = models.TextField(null=True)  # of a correction: in the cashier's words
    approved_by = models.TextField(null=True)  # id of the person whose code allowed it
    approved_name = models.TextField(null=True)
    exchange = models.UUIDField(null=True)  # shared by the refund and the sale of an exchange

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="till_ticket_chain_seq"),
            models.CheckConstraint(
                condition=Q(operation__in=["sale", "refund", "cancel", "correction"]), name="till_ticket_operation"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="till_ticket_at"),
            models.Index(fields=["business_date", "register"], name="till_ticket_day"),
            models.Index(fields=["session"], name="till_ticket_session"),
            models.Index(fields=["origin"], name="till_ticket_origin", condition=Q(origin__isnull=False)),
            models.Index(fields=["exchange"], name="till_ticket_exchange", condition=Q(exchange__isnull=False)),
            models.Index(fields=["customer", "at"], name="till_ticket_customer", condition=Q(customer__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.register}-{self.generation}-{self.seq}"


class TicketLine(models.Model):
    """A line of a ticket, in the order of the ticket; charges on the whole basket come after the articles."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.IntegerField()
    kind = models.TextField()  # goods, weighed, service, deposit, stored_value, charge
    article = models.TextField(null=True)
    label = models.TextField()
    family = models.TextField(null=True)
    quantity_milli = models.BigIntegerField()
    unit = models.TextField()
    unit_price_e4 = models.BigIntegerField()
    vat_e4 = models.IntegerField(null=True)
    list_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    origin_line = models.TextField(null=True)  # of a return: id of the line in the original's basket
    disposition = models.TextField(null=True)  # of a return: resale, damaged, supplier, none
    return_reason = models.TextField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "position"], name="till_line_position")]

    def __str__(self) -> str:
        return self.label


class TicketPayment(models.Model):
    """One tender of a ticket. `amount_minor` is what settles the sale, net of change."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="payments", db_index=False)
    position = models.IntegerField()
    tender = models.TextField()  # code of the tender type
    kind = models.TextField()  # cash, card, cheque, …
    amount_minor = models.BigIntegerField()
    tendered_minor = models.BigIntegerField()
    change_minor = models.BigIntegerField()
    reference = models.TextField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "position"], name="till_payment_position")]

    def __str__(self) -> str:
        return f"{self.tender} {self.amount_minor}"


class TicketVat(models.Model):
    """The total of one VAT rate of a ticket; a null rate is outside the VAT base."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="vat", db_index=False)
    position = models.IntegerField()
    vat_e4 = models.IntegerField(null=True)
    base_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "position"], name="till_vat_position")]

    def __str__(self) -> str:
        return f"{self.vat_e4} {self.gross_minor}"

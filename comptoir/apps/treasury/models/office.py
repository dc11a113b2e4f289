"""What the office sealed about money on the server's chain `S-<n>-cash`: moves, counts, deposit slips. Append-only."""

from django.db import models
from django.db.models import F, Q

from comptoir.apps.fiscal.models import Record

KINDS = ("move", "sent", "received", "count", "cheques", "cheques_received")


class OfficeMove(models.Model):
    """One sealed office record. `request` is the caller's id: asking twice seals once."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    request = models.UUIDField(unique=True)
    chain = models.TextField()
    seq = models.BigIntegerField()
    business_date = models.DateField()
    at = models.DateTimeField()
    kind = models.TextField()
    from_account = models.TextField()
    to_account = models.TextField()
    amount_minor = models.BigIntegerField()  # a count: what was found
    expected_minor = models.BigIntegerField(null=True)  # a count: what the ledger held; a reception: what was sent
    reason = models.TextField(null=True)
    label = models.TextField()
    reference = models.TextField()  # number of the bag, of the bank's paper
    value_date = models.DateField(null=True)  # the day the bank took it into account
    origin = models.UUIDField(null=True)  # the sending that a reception answers
    operator_id = models.TextField()
    operator_name = models.TextField()
    pieces = models.TextField()  # canonical JSON: [{"count", "value_minor"}]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="treasury_office_chain_seq"),
            models.UniqueConstraint(
                fields=["origin"], condition=Q(origin__isnull=False), name="treasury_office_origin"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="treasury_office_kind"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="treasury_office_amount"),
            models.CheckConstraint(
                condition=Q(kind="count") | ~Q(from_account=F("to_account")), name="treasury_office_two_accounts"
            ),
        ]
        indexes = [models.Index(fields=["business_date"], name="treasury_office_day")]

    def __str__(self) -> str:
        return f"{self.chain}-{self.seq}"


class DepositedCheque(models.Model):
    """A cheque of a sealed ticket, on the slip that took it to the bank: once, whatever happens."""

    slip = models.ForeignKey(OfficeMove, on_delete=models.PROTECT, related_name="cheques", db_index=False)
    ticket = models.UUIDField()
    payment = models.IntegerField()  # position of the tender on the ticket
    chain = models.TextField()
    seq = models.BigIntegerField()
    sold_on = models.DateField()
    amount_minor = models.BigIntegerField()
    reference = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "payment"], name="treasury_cheque_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="treasury_cheque_amount"),
        ]
        indexes = [models.Index(fields=["slip"], name="treasury_cheque_slip")]

    def __str__(self) -> str:
        return f"{self.chain}-{self.seq}/{self.payment}"

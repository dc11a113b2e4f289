"""Copies of receipts sent by mail. What is kept for good names the ticket, never the person."""

from django.db import models

OUTCOMES = [("sent", "Remis au serveur d’envoi"), ("given_up", "Non remis")]


class ReceiptCopy(models.Model):
    """A copy that a customer asked for at the till. Append-only; the address stands apart, so that it can be erased."""

    id = models.UUIDField(primary_key=True)  # given by the till
    register = models.TextField()  # the till that asked
    chain = models.TextField()
    seq = models.BigIntegerField()
    number = models.IntegerField()  # 0: the customer had no copy before; n: DUPLICATA n, sealed by the till
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["chain", "seq"], name="outreach_copy_of_ticket")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=0) & models.Q(seq__gte=1), name="outreach_copy_numbers"
            )
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"


class WaitingAddress(models.Model):
    """Where a copy is to go, until it is gone: the row is deleted with the mail handed over, or given up."""

    copy = models.OneToOneField(ReceiptCopy, on_delete=models.PROTECT, primary_key=True, related_name="waiting")
    address = models.TextField()
    attempts = models.IntegerField(default=0)
    not_before = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["not_before"], name="outreach_waiting_turn")]
        constraints = [models.CheckConstraint(condition=~models.Q(address=""), name="outreach_waiting_address")]

    def __str__(self) -> str:
        return str(self.copy_id)  # never the address: this text may reach a journal


class CopyOutcome(models.Model):
    """What became of a copy. Append-only; its words never hold an address."""

    copy = models.OneToOneField(ReceiptCopy, on_delete=models.PROTECT, primary_key=True, related_name="outcome")
    outcome = models.TextField(choices=OUTCOMES)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=[code for code, _ in OUTCOMES]), name="outreach_outcome_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.outcome}"

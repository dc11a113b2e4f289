"""What a till sent and could not be booked: kept for ever, shown, resolved by a further row. Append-only."""

from django.db import models


class KeptRecord(models.Model):
    """A record accepted without being booked. `envelope` is the text received, whatever it was."""

    id = models.UUIDField(primary_key=True)  # made by the server: the sender's own id may be the trouble
    record = models.TextField()  # the id the sender gave, as text
    chain = models.TextField()
    seq = models.BigIntegerField(null=True)
    code = models.TextField()  # gap, bad_signature, conflict, …
    detail = models.TextField(blank=True)
    envelope = models.TextField()
    digest = models.TextField()  # SHA-256 of the envelope: the same thing sent twice is kept once
    sender = models.TextField()  # chain prefix of the device that sent it, "C1-1"
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="fiscal_kept_once")]
        indexes = [models.Index(fields=["chain", "seq"], name="fiscal_kept_chain_seq")]

    def __str__(self) -> str:
        return f"{self.chain} n° {self.seq} : {self.code}"


class Resolution(models.Model):
    """How a kept record ended: booked once its gap was filled, or set aside by a person who says why."""

    kept = models.OneToOneField(KeptRecord, on_delete=models.PROTECT, primary_key=True)
    outcome = models.TextField(choices=[("booked", "booked"), ("set_aside", "set_aside")])
    reason = models.TextField(blank=True)
    operator = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kept_id} : {self.outcome}"

"""The proof of a petty expense: the photo that a sealed cash record names by its digest."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class Attachment(models.Model):
    """A photo as the till sent it. `record` is the cash record that names `digest`; nothing else is ever kept here."""

    id = models.UUIDField(primary_key=True)  # given by the till: the same photo twice is stored once
    record = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=10)
    content = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(media_type="image/jpeg"), name="treasury_attachment_jpeg"),
            models.CheckConstraint(condition=Exact(Length("digest"), 64), name="treasury_attachment_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.digest[:8]}"

"""Who may seal: public keys of registers and of the server. Append-only; the enrolment that names a key is sealed."""

from django.db import models
from django.db.models import Q


class SealingKey(models.Model):
    """The public key of one enrolment generation of a register, or of one generation of the server (`S`)."""

    thumbprint = models.TextField(primary_key=True)
    register = models.TextField()
    generation = models.IntegerField()
    spki = models.BinaryField()  # SubjectPublicKeyInfo, DER
    establishment = models.TextField(blank=True)
    origin = models.TextField(blank=True)  # address of the till's page when it enrolled
    enrolment = models.UUIDField(null=True)  # sealed record that names this key; null for the server's own
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "generation"], name="fiscal_key_one_per_generation"),
            models.CheckConstraint(condition=Q(generation__gte=1), name="fiscal_key_generation_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.register}-{self.generation} {self.thumbprint[:8]}"

"""The devices enrolled on registers, and the one-time codes that let a device in."""

from django.db import models

from comptoir.apps.settings.models import Register


class EnrolmentCode(models.Model):
    """A manager's one-time code, kept as a hash; it expires, and it serves once."""

    digest = models.TextField(primary_key=True)
    register = models.ForeignKey(
        Register, to_field="code", db_column="register", on_delete=models.CASCADE, related_name="enrolment_codes"
    )
    created_by = models.TextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.register_id} jusqu’à {self.expires_at:%H:%M}"


class Device(models.Model):
    """One enrolment of a device on a register. Its token is kept as a hash, and can be revoked."""

    token_digest = models.TextField(primary_key=True)
    register = models.ForeignKey(
        Register, to_field="code", db_column="register", on_delete=models.PROTECT, related_name="devices"
    )
    generation = models.IntegerField()
    thumbprint = models.TextField()
    origin = models.TextField(blank=True)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "generation"], name="till_device_generation"),
        ]

    def __str__(self) -> str:
        return f"{self.register_id}-{self.generation}"

"""How many times in a row an account or a device was refused, and until when it must wait."""

from django.db import models


class Throttle(models.Model):
    scope = models.CharField(max_length=10)  # "account" | "device"
    key = models.CharField(max_length=64)  # digest of what was typed: a password typed as a login is not kept
    failures = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "attente après refus"
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="access_throttle_once"),
            models.CheckConstraint(condition=models.Q(scope__in=["account", "device"]), name="access_throttle_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.failures}"

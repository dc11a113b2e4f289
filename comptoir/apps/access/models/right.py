"""What the owner changed of the rights and limits that each role has by default (see `rights.py`)."""

from django.db import models

from comptoir.apps.access.models.user import ROLES

_ROLE = models.Q(role__in=[role for role, _ in ROLES])


class RoleRight(models.Model):
    role = models.CharField(max_length=10, choices=ROLES)
    right = models.CharField(max_length=40)
    granted = models.BooleanField()

    class Meta:
        verbose_name = "droit d’un rôle"
        constraints = [
            models.UniqueConstraint(fields=["role", "right"], name="access_roleright_once"),
            models.CheckConstraint(condition=_ROLE, name="access_roleright_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.right}"


class RoleLimit(models.Model):
    role = models.CharField(max_length=10, choices=ROLES)
    limit = models.CharField(max_length=40)
    value = models.BigIntegerField()

    class Meta:
        verbose_name = "limite d’un rôle"
        constraints = [
            models.UniqueConstraint(fields=["role", "limit"], name="access_rolelimit_once"),
            models.CheckConstraint(condition=_ROLE, name="access_rolelimit_role"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="access_rolelimit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.limit} = {self.value}"

"""A person who works in the dossier: at the till with a PIN, in the office with a password."""

from django.db import models

from comptoir.apps.fiscal.identifiers import uuid7

ROLES = [
    ("owner", "Propriétaire"),
    ("manager", "Responsable"),
    ("cashier", "Caissier"),
    ("auditor", "Vérificateur"),
]


class User(models.Model):
    """Never deleted: sealed records name it. Leaving is `active = False`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = models.CharField("identifiant", max_length=60, unique=True)
    name = models.CharField("nom", max_length=80)
    initials = models.CharField("initiales", max_length=4)
    role = models.CharField("rôle", max_length=10, choices=ROLES)
    active = models.BooleanField("actif", default=True)
    password = models.CharField(max_length=200, blank=True, editable=False)  # empty: no access to the office
    # What the till checks a PIN against, offline; all three or none.
    pin_salt = models.CharField(max_length=44, null=True, editable=False)
    pin_iterations = models.PositiveIntegerField(null=True, editable=False)
    pin_hash = models.CharField(max_length=64, null=True, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    is_authenticated = True
    is_anonymous = False

    class Meta:
        verbose_name = "utilisateur"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=[role for role, _ in ROLES]), name="access_user_role"),
            models.CheckConstraint(
                condition=models.Q(pin_salt=None, pin_iterations=None, pin_hash=None)
                | models.Q(pin_salt__isnull=False, pin_iterations__gt=0, pin_hash__isnull=False),
                name="access_user_pin_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(login="") & ~models.Q(login__contains=" "), name="access_user_login"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Anonymous:
    """Nobody is logged in."""

    id = None
    name = ""
    role = ""
    active = False
    is_authenticated = False
    is_anonymous = True

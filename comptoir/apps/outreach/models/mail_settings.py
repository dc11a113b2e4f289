"""How this shop sends mail, and where its customers reach it. The password is not here: see mail_password."""

from django.db import models

SECURITY = [("starttls", "STARTTLS (port 587)"), ("tls", "TLS (port 465)"), ("none", "Sans chiffrement")]


class MailSettings(models.Model):
    """One row at most; absent, nothing is offered at the till."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    host = models.CharField("serveur SMTP", max_length=200, blank=True)
    port = models.PositiveIntegerField("port", default=587)
    security = models.CharField("sécurité", max_length=10, choices=SECURITY, default="starttls")
    username = models.CharField("identifiant", max_length=200, blank=True)
    sender = models.CharField("adresse d’envoi", max_length=254, blank=True)
    origin = models.CharField("adresse publique de ce serveur", max_length=200, blank=True)  # https://caisse.exemple.fr
    active = models.BooleanField("envoi des tickets par e-mail", default=False)

    class Meta:
        verbose_name = "réglage des e-mails"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="outreach_mail_one_row"),
            models.CheckConstraint(
                condition=models.Q(security__in=[code for code, _ in SECURITY]), name="outreach_mail_security"
            ),
            models.CheckConstraint(condition=models.Q(port__gte=1, port__lte=65535), name="outreach_mail_port"),
            models.CheckConstraint(
                condition=models.Q(active=False) | (~models.Q(host="") & ~models.Q(sender="")),
                name="outreach_mail_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

"""An establishment: a place of sale with its own number, address, VAT zone and country pack."""

from django.db import models

from comptoir.apps.fiscal.identifiers import uuid7


class Establishment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("SIRET ou numéro d’unité", max_length=14, unique=True)
    name = models.CharField("enseigne", max_length=120)
    address = models.CharField("adresse", max_length=200, blank=True)
    address_more = models.CharField("complément d’adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    country = models.CharField("pays", max_length=2)
    zone = models.CharField("zone de TVA", max_length=20)  # a zone of the country pack: metropole, corse, belgique…
    time_zone = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    phone = models.CharField("téléphone", max_length=30, blank=True)
    language = models.CharField(
        "langue des tickets", max_length=2, choices=[("fr", "Français"), ("nl", "Néerlandais")], default="fr"
    )
    print_policy = models.CharField(
        "impression du ticket",
        max_length=10,
        choices=[("on_demand", "À la demande"), ("always", "Toujours")],
        default="on_demand",
    )
    print_from_minor = models.BigIntegerField("ticket imprimé dès, en centimes", null=True, blank=True)
    print_with_customer = models.BooleanField("ticket imprimé quand un client est nommé", default=False)
    credit_note_days = models.PositiveSmallIntegerField("validité d’un avoir, en jours", null=True, blank=True)

    return_days = models.PositiveSmallIntegerField("délai de retour, en jours", null=True, blank=True)  # null: none

    class Meta:
        verbose_name = "établissement"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(country__in=["FR", "BE"]), name="settings_establishment_country"),
            models.CheckConstraint(
                condition=models.Q(language__in=["fr", "nl"]), name="settings_establishment_language"
            ),
            models.CheckConstraint(
                condition=models.Q(print_policy__in=["on_demand", "always"]), name="settings_establishment_print_policy"
            ),
            models.CheckConstraint(
                condition=models.Q(print_from_minor=None) | models.Q(print_from_minor__gte=0),
                name="settings_establishment_print_from",
            ),
            models.CheckConstraint(
                condition=models.Q(credit_note_days=None) | models.Q(credit_note_days__gt=0),
                name="settings_establishment_credit_days",
            ),
            models.CheckConstraint(
                condition=models.Q(return_days=None) | models.Q(return_days__gt=0),
                name="settings_establishment_return_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

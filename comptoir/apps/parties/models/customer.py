"""Customers. Sealed tickets carry the id alone, so that a person can be erased here without touching a chain."""

from django.db import models

from comptoir.apps.fiscal.identifiers import uuid7


class Customer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("code", max_length=20, unique=True)
    name = models.CharField("nom", max_length=120)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    company = models.BooleanField("professionnel", default=False)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    country = models.CharField("pays", max_length=2, default="FR")
    vat_number = models.CharField("n° de TVA", max_length=20, blank=True)
    registration = models.CharField("SIREN ou numéro BCE", max_length=14, blank=True)
    # A consent is dated and says where it was given; an address left for a receipt is no consent.
    email_consent_at = models.DateTimeField("accord e-mail donné le", null=True, blank=True)
    email_consent_source = models.CharField("accord e-mail recueilli", max_length=60, blank=True)
    sms_consent_at = models.DateTimeField("accord SMS donné le", null=True, blank=True)
    sms_consent_source = models.CharField("accord SMS recueilli", max_length=60, blank=True)
    active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "client"
        ordering = ["name", "first_name", "id"]
        indexes = [
            models.Index(fields=["name"], name="parties_customer_name"),
            models.Index(fields=["phone"], name="parties_customer_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email_consent_at=None) | ~models.Q(email_consent_source=""),
                name="parties_customer_email_consent_source",
            ),
            models.CheckConstraint(
                condition=models.Q(sms_consent_at=None) | ~models.Q(sms_consent_source=""),
                name="parties_customer_sms_consent_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.name}".strip()

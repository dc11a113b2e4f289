"""The company: exactly one row in each dossier."""

from django.db import models


class Company(models.Model):
    """Who sells, before the law. Fiscal chains, books and documents belong to it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    legal_name = models.CharField("raison sociale", max_length=200)
    legal_form = models.CharField("forme juridique et capital", max_length=120, blank=True)
    country = models.CharField("pays", max_length=2)
    registration = models.CharField("SIREN ou numéro BCE", max_length=14, blank=True)
    vat_number = models.CharField("n° de TVA", max_length=20, blank=True)
    naf = models.CharField("code NAF", max_length=10, blank=True)
    mode = models.CharField("prix saisis", max_length=3, choices=[("TTC", "TTC"), ("HT", "HT")], default="TTC")
    currency = models.CharField("monnaie", max_length=3, default="EUR")

    class Meta:
        verbose_name = "entreprise"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="settings_company_one_row"),
            models.CheckConstraint(condition=models.Q(country__in=["FR", "BE"]), name="settings_company_country"),
            models.CheckConstraint(condition=models.Q(mode__in=["TTC", "HT"]), name="settings_company_mode"),
            models.CheckConstraint(condition=models.Q(currency="EUR"), name="settings_company_currency"),
        ]

    def __str__(self) -> str:
        return self.legal_name

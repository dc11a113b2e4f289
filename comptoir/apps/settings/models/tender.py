"""Means of payment accepted by the shop."""

from django.db import models

KINDS = [
    ("cash", "Espèces"),
    ("card", "Carte"),
    ("cheque", "Chèque"),
    ("meal_voucher", "Titre-restaurant"),
    ("voucher", "Bon d’achat"),
    ("account", "En compte"),
    ("exchange", "Échange"),
    ("credit_note", "Avoir"),
    ("other", "Autre"),
]


class TenderType(models.Model):
    code = models.CharField("code", max_length=20, primary_key=True)
    label = models.CharField("libellé", max_length=40)
    kind = models.CharField("nature", max_length=20, choices=KINDS)
    change = models.BooleanField("rend la monnaie", default=False)
    cap_minor = models.BigIntegerField("plafond par ticket, en centimes", null=True, blank=True)
    opens_drawer = models.BooleanField("ouvre le tiroir", default=False)
    needs_reference = models.BooleanField("demande une référence", default=False)
    eligible_only = models.BooleanField("articles éligibles seulement", default=False)
    print_always = models.BooleanField("imprime toujours le ticket", default=False)
    position = models.PositiveSmallIntegerField("position", default=0)
    active = models.BooleanField("accepté", default=True)

    class Meta:
        verbose_name = "mode de règlement"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _ in KINDS]), name="settings_tendertype_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(change=False) | models.Q(kind="cash"), name="settings_tendertype_change_is_cash"
            ),
            models.CheckConstraint(
                condition=models.Q(cap_minor=None) | models.Q(cap_minor__gt=0), name="settings_tendertype_cap"
            ),
        ]

    def __str__(self) -> str:
        return self.label

"""Families of articles, and the keys that the till shows for them."""

from django.db import models
from django.db.models import Q


class Family(models.Model):
    """A family: a coloured tab of the till, a line of the statistics."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    colour = models.SmallIntegerField(default=1)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(colour__gte=1) & Q(colour__lte=6), name="catalog_family_colour"),
            models.CheckConstraint(condition=~Q(code__in=["", "*"]) & ~Q(name=""), name="catalog_family_named"),
        ]

    def __str__(self) -> str:
        return self.name


class GridKey(models.Model):
    """A key of the till's grid: an article at a place of a family's page; family "*" is the page shown first."""

    article = models.ForeignKey("catalog.Article", on_delete=models.CASCADE, related_name="keys")
    family = models.TextField()
    position = models.IntegerField()

    class Meta:
        ordering = ["family", "position"]
        constraints = [
            models.UniqueConstraint(fields=["family", "position"], name="catalog_key_place"),
            models.UniqueConstraint(fields=["family", "article"], name="catalog_key_once"),
            models.CheckConstraint(condition=Q(position__gte=0), name="catalog_key_position"),
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.position}"

"""What the office remembers of how a person likes its pages. Nothing here counts: it can be dropped at any time."""

from django.db import models

from comptoir.apps.access.models import User


class ColumnChoice(models.Model):
    """The columns that a person wants to see in a table, in the table's own order."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    columns = models.JSONField()  # list of column names

    class Meta:
        verbose_name = "choix de colonnes"
        constraints = [models.UniqueConstraint(fields=["user", "table"], name="backoffice_columns_once")]

    def __str__(self) -> str:
        return f"{self.table}: {self.columns}"

"""Which columns a person wants to see."""

from django.db import transaction

from comptoir.apps.access.models import User

from ..models import ColumnChoice


def chosen_columns(user: User, *, table: str) -> list[str] | None:
    """The names kept for this table, or None when the person chose nothing."""
    row = ColumnChoice.objects.filter(user=user, table=table).first()
    return None if row is None else [str(name) for name in row.columns]


@transaction.atomic
def keep_columns(user: User, *, table: str, columns: list[str] | None) -> None:
    """Remember a choice; None goes back to the table's own."""
    if columns is None:
        ColumnChoice.objects.filter(user=user, table=table).delete()
    else:
        ColumnChoice.objects.update_or_create(user=user, table=table, defaults={"columns": columns})

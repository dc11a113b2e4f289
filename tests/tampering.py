"""What a hand that owns the database can do to it, for tests of what is found afterwards."""

from django.db import connection, transaction


def tamper(*statements: str) -> None:
    """Runs SQL as the owner of the database would: triggers off, foreign keys off."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
            for statement in statements:
                cursor.execute(statement)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
        for statement in statements:
            cursor.execute(statement)

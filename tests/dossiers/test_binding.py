"""The connection handler fails closed, and gives each dossier its own connection."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from comptoir.dossiers.binding import Dossier, NoDossierBound, bound, current_dossier


def test_nothing_is_reachable_outside_a_dossier() -> None:
    with pytest.raises(NoDossierBound):
        connection.cursor()
    with pytest.raises(NoDossierBound):
        MigrationRecorder.Migration.objects.count()
    assert list(connections) == []


def test_the_bound_dossier_answers(dossier: Dossier) -> None:
    expected = "sqlite" if dossier.engine == "sqlite" else "postgresql"
    assert connection.vendor == expected
    assert str(connection.settings_dict["NAME"]) == dossier.location


def test_two_dossiers_are_two_databases(copy_template, django_db_blocker) -> None:
    one, other = copy_template("sqlite"), copy_template("sqlite")
    with django_db_blocker.unblock():
        with bound(one), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE only_here (x)")
        with bound(other):
            assert "only_here" not in connection.introspection.table_names()
        with bound(one):
            assert "only_here" in connection.introspection.table_names()
        for dossier in (one, other):
            connections.forget(dossier)


def test_whatever_touches_the_database_outside_a_dossier_stops(django_db_blocker) -> None:
    from comptoir.apps.parties.models import Customer

    with django_db_blocker.unblock():
        for attempt in (
            transaction.atomic().__enter__, lambda: transaction.on_commit(print), connection.ensure_connection,
            Customer(name="x").save, Customer.objects.exists, connection.introspection.table_names,
        ):  # fmt: skip
            with pytest.raises(NoDossierBound):
                attempt()


def test_a_new_thread_starts_without_dossier(sqlite_dossier: Dossier) -> None:
    seen: list[object] = []

    def look() -> None:
        try:
            connection.cursor()
        except NoDossierBound as refusal:
            seen.append(type(refusal))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [NoDossierBound]


def test_a_rolled_back_row_is_gone(dossier_copy: Dossier) -> None:
    """A plain atomic() protects: it is on the same connection as the write."""
    from comptoir.apps.parties.models import Customer

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Customer.objects.create(code="C1", name="x")
        raise ZeroDivisionError
    assert Customer.objects.count() == 0


def test_the_previous_dossier_comes_back(copy_template) -> None:
    one, other = copy_template("sqlite"), copy_template("sqlite")
    with bound(one):
        with pytest.raises(ValueError, match="stop"), bound(other):
            assert current_dossier() is other
            raise ValueError("stop")
        assert current_dossier() is one
    assert current_dossier() is None

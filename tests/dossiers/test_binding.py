"""The connection handler fails closed, and gives each dossier its own connection."""

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from comptoir.dossiers.binding import Dossier, NoDossierBound, bound


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

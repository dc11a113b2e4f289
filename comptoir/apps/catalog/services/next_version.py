"""The catalogue's version: one more at each change, without gap, in the order of the commits."""

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from comptoir.apps.fiscal.services.seal_on_server import lock_chain

from ..models import CatalogueVersion


def next_version(reason: str) -> int:
    """Takes the next version for the running transaction; other writers wait until it ends."""
    assert connection.in_atomic_block, "a version belongs to the transaction that changes the catalogue"
    lock_chain("catalogue")
    version = (CatalogueVersion.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    CatalogueVersion.objects.create(version=version, reason=reason, at=timezone.now())
    return version

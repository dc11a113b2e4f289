"""The catalogue as tills load it: twenty compressed chunks a version, made once and kept in memory.

The last two versions of a dossier are kept: a till half-way through a load when an article changes still ends it."""

import gzip
import hashlib
import threading
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from django.urls import get_script_prefix

from comptoir.apps.catalog.queries import article_tuples, catalogue_version, count_changed
from comptoir.apps.fiscal.server_key import dossier_id

CHUNKS = 20
KEPT_VERSIONS = 2
READINGS = 3
PHOTO = 11  # its place in a tuple (docs/developer/shapes.md section 4)


class Catalogue(NamedTuple):
    """One version of a dossier's catalogue, ready to send."""

    version: int
    count: int
    digest: str  # SHA-256 of the chunks' digests
    chunks: list[bytes]  # gzip


_making = threading.Lock()
_made: dict[Any, dict[int, Catalogue]] = {}


def current_catalogue() -> Catalogue:
    """The catalogue at its version of now."""
    version = catalogue_version()
    known = _made.get(dossier_id(), {})
    if version in known:
        return known[version]
    with _making:
        known = _made.setdefault(dossier_id(), {})
        if version not in known:
            made = _make()
            known[made.version] = made
            for old in list(known)[:-KEPT_VERSIONS]:  # the oldest made: a dossier put back has lower versions again
                del known[old]
            return made
        return known[version]


def kept_catalogue(version: int) -> Catalogue | None:
    """The catalogue at this version, when it is the current one or was until lately."""
    kept = _made.get(dossier_id(), {}).get(version)
    if kept is not None:
        return kept
    current = current_catalogue()
    return current if current.version == version else None


def with_photo_address(row: list[Any]) -> list[Any]:
    """A tuple whose photo is the address of its picture."""
    if row[PHOTO] is not None:
        row[PHOTO] = f"{get_script_prefix()}api/till/photos/{row[PHOTO]}"
    return row


def dumped(value: Any) -> bytes:
    """Compact JSON in UTF-8; the compiled writer makes a hundred thousand articles wait a quarter of a second less."""
    return msgspec.json.encode(value)


def _make() -> Catalogue:
    """The catalogue of one version: read again when it changed meanwhile, so that no price stands under the version
    before its own. One that never stands still is given as it is: the till's next delta brings what changed."""
    for _ in range(READINGS):
        version = catalogue_version()
        made = _read(version)
        if catalogue_version() == version:
            break
    return made


def _read(version: int) -> Catalogue:
    """Each article is written as it is read: a hundred thousand rows in memory at once would be walked again and again by
    the collector of garbage."""
    size = -(-count_changed(since=0) // CHUNKS) or 1
    written = (dumped(with_photo_address(row)) for row in article_tuples())
    chunks: list[bytes] = []
    count, digests = 0, ""
    while (articles := list(islice(written, size))) or not chunks:
        plain = b'{"articles":[' + b",".join(articles) + b"]}"
        digests += hashlib.sha256(plain).hexdigest()
        chunks.append(gzip.compress(plain, compresslevel=1, mtime=0))
        count += len(articles)
    return Catalogue(version, count, hashlib.sha256(digests.encode()).hexdigest(), chunks)

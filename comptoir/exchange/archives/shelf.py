"""The archives that were made: their sealed record, their file when it is still here, what happened to them since."""

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from comptoir.apps.fiscal.event_codes import ARCHIVE_DOWNLOADED, ARCHIVE_VERIFIED, PURGED
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.fiscal.server_key import dossier_id


class Shelved(NamedTuple):
    """One archive. `file` is None once its zip was moved or deleted; instants are None as long as nothing happened."""

    pk: UUID
    number: str
    first: date
    last: date
    scope: str
    ruptures: int
    at: datetime
    by: str
    file: Path | None
    size: int
    downloaded_at: datetime | None
    verified_at: datetime | None
    intact: bool | None
    purged_at: datetime | None


def archives_folder() -> Path:
    return settings.DATA_FOLDER() / "archives" / str(dossier_id())


def shelved_archives() -> list[Shelved]:
    """Every archive that was sealed, latest first."""
    return list(_shelved(Record.objects.filter(type="archive").order_by("-at", "-seq")))


def shelved_archive(pk: UUID) -> Shelved | None:
    return next(_shelved(Record.objects.filter(type="archive", id=pk)), None)


def _shelved(records: Any) -> Iterator[Shelved]:
    fates = _fates()
    files = _files()
    for record in records:
        body = json.loads(record.body)
        fate = fates.get(str(record.id), {})
        file = files.get(str(record.id))
        verified = fate.get(ARCHIVE_VERIFIED)
        yield Shelved(
            record.id, f"{record.chain}-{record.seq}", date.fromisoformat(body["period"]["first"]),
            date.fromisoformat(body["period"]["last"]), body["scope"], body["ruptures"], record.at,
            body["operator"]["name"], file, file.stat().st_size if file else 0, _at(fate.get(ARCHIVE_DOWNLOADED)),
            _at(verified), None if verified is None else verified[1].get("intact") == 1, _at(fate.get(PURGED)),
        )  # fmt: skip


def _at(found: tuple[datetime, dict[str, Any]] | None) -> datetime | None:
    return found[0] if found else None


def _fates() -> dict[str, dict[int, tuple[datetime, dict[str, Any]]]]:
    """The last event of each kind that names each archive."""
    fates: dict[str, dict[int, tuple[datetime, dict[str, Any]]]] = {}
    codes = (ARCHIVE_DOWNLOADED, ARCHIVE_VERIFIED, PURGED)
    for code, detail, at in (
        Event.objects.filter(code__in=codes).order_by("at", "record_id").values_list("code", "detail", "at")
    ):
        said = json.loads(detail)
        fates.setdefault(said.get("archive", ""), {})[code] = (at, said)
    return fates


def _files() -> dict[str, Path]:
    """The zips of the folder by the record that sealed them; a file that cannot be read is none."""
    found: dict[str, Path] = {}
    for path in sorted(archives_folder().glob("ARCH_*.zip")):
        try:
            with zipfile.ZipFile(path) as archive:
                found[json.loads(archive.read("scellement.json"))["id"]] = path
        except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
            continue
    return found

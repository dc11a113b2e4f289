"""Verify an archive on the shelf with our own copy of the program that goes with it, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.event_codes import ARCHIVE_DOWNLOADED, ARCHIVE_VERIFIED
from comptoir.apps.fiscal.models import Record, SealingKey
from comptoir.apps.fiscal.services.seal_on_server import log_event

from . import verify
from .create import ArchiveRefused
from .shelf import Shelved, shelved_archive


class Checked(NamedTuple):
    """What verify.py said: intact or not, readable or not, how much was read, what is wrong."""

    intact: bool
    readable: bool
    records: int
    findings: list[dict[str, Any]]
    remarks: list[str]


def check_file(path: Path, *, thumbprint: str) -> Checked:
    """Runs verify.py, isolated, on a file; the server's key must have this thumbprint. Raises ArchiveRefused when the
    program itself stops."""
    program = Path(verify.__file__).resolve()
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), "--json", "--empreinte", thumbprint, str(path.resolve())],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    try:
        said = json.loads(done.stdout)
        return Checked(said["intact"], said["readable"], said["records"], said["findings"], said["remarks"])
    except (ValueError, KeyError) as problem:
        raise ArchiveRefused("La vérification s’est interrompue. Recommencez.") from problem


def verify_archive(
    pk: UUID, *, by: Any, progress: Callable[[int], Callable[[int], None]] = lambda total: lambda steps: None
) -> Checked:
    """Verifies an archive on the shelf against the key that sealed it; an event 9175 keeps the answer, good or bad.

    Raises RightMissing without `exports.create`; ArchiveRefused when its file is not here any more: nothing is written."""
    require_right(by, right="exports.create")
    one = _with_file(pk)
    done = progress(1)
    generation = Record.objects.values_list("generation", flat=True).get(id=pk)
    key = SealingKey.objects.get(register=SERVER, generation=generation)
    assert one.file is not None, "just looked at"
    checked = check_file(one.file, thumbprint=key.thumbprint)
    detail = {
        "archive": str(pk), "number": one.number, "intact": int(checked.intact), "records": checked.records,
        "findings": len(checked.findings),
    }  # fmt: skip
    log_event(ARCHIVE_VERIFIED, detail=detail, operator={"id": str(by.pk), "name": by.name})
    done(1)
    return checked


def take_archive(pk: UUID, *, by: Any) -> Path:
    """The file to hand out; an event 9174 tells who took it. Raises RightMissing, ArchiveRefused as `verify_archive`."""
    require_right(by, right="exports.create")
    one = _with_file(pk)
    assert one.file is not None, "just looked at"
    detail = {"archive": str(pk), "number": one.number, "file": one.file.name}
    log_event(ARCHIVE_DOWNLOADED, detail=detail, operator={"id": str(by.pk), "name": by.name})
    return one.file


def _with_file(pk: UUID) -> Shelved:
    one = shelved_archive(pk)
    if one is None:
        raise ArchiveRefused("Cette archive n’existe pas.")
    if one.file is None:
        raise ArchiveRefused(f"Le fichier de l’archive {one.number} n’est plus sur ce serveur : cherchez votre copie.")
    return one

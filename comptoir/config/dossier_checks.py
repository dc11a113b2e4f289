"""The checks of business areas that `dossier check` runs besides the database's own: every seal and every Z."""

from collections.abc import Iterator

from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.dossiers.checking import Finding, OutsideCheck


def outside_checks() -> list[OutsideCheck]:
    return [_seals]


def _seals() -> Iterator[Finding]:
    for found in verify_dossier().findings:
        number = f" n° {found.seq}" if found.seq else ""
        yield Finding("seals", f"{found.chain}{number} : {found.detail}")

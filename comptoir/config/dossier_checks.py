"""The checks of business areas that `dossier check` runs besides the database's own."""

from comptoir.dossiers.checking import OutsideCheck


def outside_checks() -> list[OutsideCheck]:
    return []

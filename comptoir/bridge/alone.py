"""One bridge a folder: two of them would print each job twice and cut each other's journal. The lock dies with the process."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl


class OtherBridge(RuntimeError):
    """Another bridge works with this folder; the message is in French."""


def hold(folder: Path) -> int:
    """Takes the folder for this process until it ends. Raises OtherBridge, OSError."""
    descriptor = os.open(folder / "pont.verrou", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":  # pragma: no cover
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(descriptor)
        raise OtherBridge(
            f"Un pont travaille déjà avec {folder}. Un second pont sur ce poste demande un autre dossier : --home."
        ) from problem
    return descriptor

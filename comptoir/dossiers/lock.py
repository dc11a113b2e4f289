"""One writing process a dossier: a lock of the operating system on a file beside it; it dies with the process."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl


class DossierBusy(RuntimeError):
    """Another process holds the dossier; the message is for the person, in French."""


def lock_path(dossier: Dossier) -> Path:
    return Path(f"{dossier.location}.verrou")


class DossierLock:
    """Held from `acquire` to `release`. PostgreSQL serves several writers by design and needs none."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._descriptor: int | None = None

    def acquire(self, *, purpose: str, patience_s: int = 0) -> None:
        """Take the lock or raise DossierBusy; `purpose` is what the next one will read, in French.

        `patience_s` lets a killed process finish dying. Raises UnsafeDatabase when the dossier's folder is not there.
        """
        if self._dossier.engine != "sqlite":
            return
        path = lock_path(self._dossier)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError as problem:
            raise UnsafeDatabase(f"Le dossier de fichiers {path.parent} est introuvable.") from problem
        deadline = time.monotonic() + patience_s
        while not (locked := _try_lock(descriptor)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not locked:
            holder = os.read(descriptor, 200).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise DossierBusy(
                f"Le dossier « {self._dossier.slug} » est déjà ouvert par {holder or 'un autre programme'}. "
                "Fermez-le d’abord : deux programmes ne peuvent pas tenir les mêmes comptes."
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{purpose} (processus {os.getpid()})".encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two processes lock two different files."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def exclusive(dossier: Dossier, *, purpose: str, patience_s: int = 0) -> Iterator[None]:
    """Alone on the dossier for the length of a `with` block (restore, repair, compaction); raises DossierBusy."""
    lock = DossierLock(dossier)
    lock.acquire(purpose=purpose, patience_s=patience_s)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(dossier: Dossier, *, purpose: str) -> Iterator[bool]:
    """For a command that writes: holds the lock, or goes along with the server that holds it (SQLite takes turns).

    Yields whether the lock is ours: no server can then start halfway through.
    """
    lock = DossierLock(dossier)
    try:
        lock.acquire(purpose=purpose)
        alone = True
    except DossierBusy:
        alone = False
    try:
        yield alone
    finally:
        lock.release()


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":  # pragma: no cover
            # A mandatory lock hides its bytes: lock one far beyond the text, so that the holder's name can be read.
            os.lseek(descriptor, 1 << 30, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return False
    return True

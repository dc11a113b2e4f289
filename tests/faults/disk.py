"""A disk that can lose power and fail writes: an apsw VFS over bytes in memory.

Each file keeps what the platter holds (`durable`, as of its last sync) and what the system believes (`current`).
A power cut keeps the durable bytes and, in `subset` mode, also a random half of the 512-byte sectors written since:
that is reordering and tearing at once. Creating and deleting a file are taken as durable at once, which is kinder than
some real file systems (docs/decisions/0071). SQLite needs shared memory for WAL, which a Python VFS cannot offer:
connections here use `locking_mode=EXCLUSIVE`, with the same WAL frames and the same syncs."""

import random

import apsw

SECTOR = 512


class PowerCut(Exception):
    """The machine is off: nothing below this call goes on until `restart`."""


class Platter:
    """One file."""

    __slots__ = ("current", "dirty", "durable")

    def __init__(self, content: bytes = b"") -> None:
        self.durable = bytes(content)
        self.current = bytearray(content)
        self.dirty: set[int] = set()  # sectors written or cut off since the last sync

    def write(self, data: bytes, *, offset: int) -> None:
        end = offset + len(data)
        if end > len(self.current):
            self._touch(len(self.current), end)
            self.current.extend(bytes(end - len(self.current)))
        self.current[offset:end] = data
        self._touch(offset, end)

    def truncate(self, size: int) -> None:
        self._touch(size, len(self.current))
        del self.current[size:]

    def sync(self) -> None:
        if self.dirty or len(self.current) != len(self.durable):
            self.durable = bytes(self.current)
            self.dirty.clear()

    def after_cut(self, *, rng: random.Random, subset: bool) -> "Platter":
        if not subset or not self.dirty:
            return Platter(self.durable)
        content = bytearray(self.durable)
        for sector in sorted(self.dirty):
            start, end = sector * SECTOR, min((sector + 1) * SECTOR, len(self.current))
            if rng.random() < 0.5 and start < end:
                if end > len(content):
                    content.extend(bytes(end - len(content)))
                content[start:end] = self.current[start:end]
        return Platter(content)

    def _touch(self, start: int, end: int) -> None:
        self.dirty.update(range(start // SECTOR, (max(start, end - 1)) // SECTOR + 1))


class Disk(apsw.VFS):
    """The files of one machine. Faults are armed from outside, then happen at the n-th write."""

    def __init__(self, *, name: str, seed: int) -> None:
        super().__init__(name, base="")
        self.rng = random.Random(seed)
        self.files: dict[str, Platter] = {}
        self.on = True
        self.writes = 0
        self.syncs = 0
        self.cut_at: int | None = None  # number of the write (from now on) at which the power goes
        self.fail_at: int | None = None  # number of the write that fails
        self.fail_how = "eio"  # "eio", "enospc", "short"
        self.fail_for_ever = False  # a full disk stays full until told otherwise
        self.failed = 0

    # -- faults ----------------------------------------------------------------------------------------------------

    def arm_cut(self, *, after_writes: int) -> None:
        self.cut_at = self.writes + after_writes

    def arm_failure(self, *, at_write: int, how: str, for_ever: bool = False) -> None:
        self.fail_at, self.fail_how, self.fail_for_ever = self.writes + at_write, how, for_ever
        self.failed = 0

    def heal(self) -> None:
        self.fail_at = None

    def restart(self, *, subset: bool) -> None:
        """Power comes back: what was not synced is lost, or half lost."""
        self.files = {name: file.after_cut(rng=self.rng, subset=subset) for name, file in sorted(self.files.items())}
        self.on, self.cut_at = True, None

    def before_change(self) -> None:
        if not self.on:
            raise apsw.IOError("power is off")
        self.writes += 1
        if self.cut_at is not None and self.writes >= self.cut_at:
            self.on = False
            raise apsw.IOError("power cut")

    def failing(self) -> bool:
        if self.fail_at is None or self.writes < self.fail_at:
            return False
        if self.writes > self.fail_at and not self.fail_for_ever:
            return False
        self.failed += 1
        return True

    # -- what SQLite asks ------------------------------------------------------------------------------------------

    def xOpen(self, name, flags):  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        path = path or f"/temporary-{len(self.files)}"
        if path not in self.files:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError(path)
            self.files[path] = Platter()
        flags[1] = flags[0]
        return OpenFile(self, path, temporary=bool(flags[0] & apsw.SQLITE_OPEN_DELETEONCLOSE))

    def xDelete(self, name, sync_folder):  # noqa: N802
        if not self.on:
            raise apsw.IOError("power is off")
        if self.files.pop(name, None) is None:
            error = apsw.IOError(name)
            error.extendedresult = apsw.SQLITE_IOERR_DELETE_NOENT
            raise error

    def xAccess(self, name, flags):  # noqa: N802
        return name in self.files

    def xFullPathname(self, name):  # noqa: N802
        return name

    def xRandomness(self, count):  # noqa: N802
        return self.rng.randbytes(count)


class OpenFile:
    """An open file; SQLite alone uses it, so locks always succeed."""

    def __init__(self, disk: Disk, path: str, *, temporary: bool) -> None:
        self._disk, self._path, self._temporary = disk, path, temporary
        self._file = disk.files[path]

    def xRead(self, amount, offset):  # noqa: N802
        return bytes(self._file.current[offset : offset + amount])

    def xWrite(self, data, offset):  # noqa: N802
        self._disk.before_change()
        if self._disk.failing():
            if self._disk.fail_how == "short":
                self._file.write(data[: len(data) // 2], offset=offset)
            if self._disk.fail_how == "enospc":
                raise apsw.FullError("no space left on device")
            raise apsw.IOError("input/output error")
        self._file.write(data, offset=offset)

    def xTruncate(self, size):  # noqa: N802
        self._disk.before_change()
        self._file.truncate(size)

    def xSync(self, flags):  # noqa: N802
        self._disk.before_change()
        if self._disk.failing():
            raise apsw.IOError("input/output error at sync")
        self._file.sync()
        self._disk.syncs += 1

    def xFileSize(self):  # noqa: N802
        return len(self._file.current)

    def xClose(self):  # noqa: N802
        if self._temporary:
            self._disk.files.pop(self._path, None)

    def xLock(self, level):  # noqa: N802
        pass

    def xUnlock(self, level):  # noqa: N802
        pass

    def xCheckReservedLock(self):  # noqa: N802
        return False

    def xSectorSize(self):  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self):  # noqa: N802
        return 0

    def xFileControl(self, operation, pointer):  # noqa: N802
        return False

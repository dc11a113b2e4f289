"""A real ext4 file system in a file, whose power can be cut: EXT4_IOC_SHUTDOWN stops it at once without flushing its journal, as
a machine that loses its current would. Root and loop devices only."""

import fcntl
import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
WITHOUT_FLUSHING = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH
NEEDED = ("mkfs.ext4", "mount", "umount")


class Ext4Image:
    """Mounted at `path` until closed."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        self._file, self.path = folder / "disk.img", folder / "disk"
        self.path.mkdir()
        with self._file.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", str(self._file))
        self.mounted = False
        self.mount()

    def mount(self) -> None:
        """Also what happens when the current comes back: the journal is played again."""
        _run("mount", "-t", "ext4", "-o", "loop", str(self._file), str(self.path))
        self.mounted = True

    def cut(self) -> float:
        """The power goes; the monotonic instant just before. What was promised earlier must be there afterwards."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            before = time.monotonic()
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING))
        finally:
            os.close(descriptor)
        return before

    def unmount(self) -> None:
        """Once nobody has a file open on it: a killed process may take a moment to be gone."""
        deadline = time.monotonic() + 30
        while subprocess.run(["umount", str(self.path)], capture_output=True).returncode:
            assert time.monotonic() < deadline, "the file system stays busy"
            time.sleep(0.05)
        self.mounted = False

    def power_back(self) -> None:
        self.unmount()
        self.mount()

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.path)], check=True, capture_output=True)
            self.mounted = False
        self._file.unlink()


def require_real_disks(folder: Path) -> None:
    """Skips, saying why, where no ext4 can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("real power cuts need root, to mount an ext4 image: run this ring as root on a machine of your own")
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"real power cuts need {', '.join(missing)}")
    folder.mkdir()
    try:
        Ext4Image(folder, megabytes=8).close()
    except subprocess.CalledProcessError as refused:
        pytest.skip(f"no ext4 image can be mounted here: {refused.stderr.decode().strip()}")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)

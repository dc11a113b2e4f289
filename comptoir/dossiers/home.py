"""The folder where everything of this installation lives: `COMPTOIR_HOME`, or the platform's user data folder."""

import os
from pathlib import Path

import platformdirs


def home_path() -> Path:
    """Where the data folder is, or will be: whole, since the list of dossiers keeps where each one lies."""
    chosen = os.environ.get("COMPTOIR_HOME") or platformdirs.user_data_dir("comptoir", appauthor=False)
    return Path(chosen).expanduser().absolute()


def home() -> Path:
    """The data folder, created with access for its owner alone."""
    folder = home_path()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone, on disk before the call returns."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and its rename is journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

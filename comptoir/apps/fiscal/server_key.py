"""The server's own sealing key: a file of its owner alone, outside the dossier, so a copy of the dossier cannot seal.

The folder comes from the settings (`DATA_FOLDER`, a function): business code does not know where dossiers live."""

import os
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import connection


class ServerKeyMissing(RuntimeError):
    """The dossier was sealed by a key whose file is not here: only a rotation, which is an event, may go on."""


def dossier_id() -> UUID:
    """The identity of the bound dossier."""
    return connection.settings_dict["DOSSIER"]


def server_key_path(generation: int) -> Path:
    return settings.DATA_FOLDER() / "keys" / f"{dossier_id()}-{generation}.pem"


def create_server_key(generation: int) -> ec.EllipticCurvePrivateKey:
    """A new key, mode 0600 and on disk before the call returns; an existing file is used, never replaced."""
    path = server_key_path(generation)
    if path.exists():
        return load_server_key(generation)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return load_server_key(generation)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return key


def load_server_key(generation: int) -> ec.EllipticCurvePrivateKey:
    """The key of this generation; raises ServerKeyMissing when its file is not in the data folder."""
    path = server_key_path(generation)
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError as problem:
        raise ServerKeyMissing(str(path)) from problem
    return _load(path, stamp)


@lru_cache(maxsize=64)
def _load(path: Path, stamp: int) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ServerKeyMissing(f"{path} is not a P-256 key")
    return key

"""A new key for the server's own seals, wanted or forced: the former key stays known for ever, its chains end, and the new
key's first word seals where they ended (docs/decisions/0106-changing-keys.md)."""

from django.db import transaction

from ..chains import SERVER
from ..event_codes import SERVER_KEY_CHANGED
from ..queries import latest_generation
from ..server_key import ServerKeyMissing, load_server_key, server_key_path
from ..signatures import thumbprint
from .seal_on_server import Operator, ensure_server_key, lock_chain, log_event, new_public_key, open_generation


def change_server_key(*, operator: Operator | None) -> int:
    """Starts the next generation of the server's key; returns it.

    The former key announces the new one by its thumbprint in its last event, then leaves this machine. When its file is
    already lost, nobody can announce anything: the change then happened, or happens now, without announcement."""
    with transaction.atomic():
        before = latest_generation(SERVER)
        generation = ensure_server_key()
        if generation != before:  # the first key of all, or the successor of a lost one: made just now
            return generation
        lock_chain("server-key")
        spki = new_public_key(generation + 1)
        detail = {"generation": generation + 1, "thumbprint": thumbprint(spki)}
        log_event(SERVER_KEY_CHANGED, detail=detail, operator=operator)
        open_generation(generation + 1, spki=spki, operator=operator)
        transaction.on_commit(lambda: server_key_path(generation).unlink(missing_ok=True))
        return generation + 1


def server_key_is_here() -> bool:
    """Whether the key that seals now is in the data folder."""
    try:
        load_server_key(latest_generation(SERVER))
    except ServerKeyMissing:
        return False
    return True

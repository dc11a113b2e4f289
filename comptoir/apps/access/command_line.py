"""Who acts when a service is called from a command of the server, and no person has logged in."""

from dataclasses import dataclass
from typing import Any

from .rights import OWNER


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Whoever may run a command on the server holds its files: an owner's rights, under the name that journals show.

    It is never a person: it has no password, no session, and no page can be it."""

    name: str
    role: str = OWNER
    active: bool = True
    pk: Any = ""


COMMAND_LINE = CommandLine("commande")

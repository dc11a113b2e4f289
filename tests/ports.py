"""Free ports for servers that are killed and started again on the same one.

Below the range from which the system takes the near ends of connections: in that range, a client that keeps calling a dead
server may be given the very port it calls, connect to itself, and keep the server from coming back."""

import random
import socket

FIRST, LAST = 10_240, 32_000
_chance = random.SystemRandom()  # several processes of a run ask at once, and a test may have seeded the other one


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    while True:
        port = _chance.randrange(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

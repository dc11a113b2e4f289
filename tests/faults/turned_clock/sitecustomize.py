"""Put before everything else on the path of a server process: its clock is the machine's plus the seconds in a file.

The clock of the machine itself cannot be turned for one process without a library of its own; this turns the one function that the
application asks for the time."""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

_real_now = timezone.now
_file = Path(os.environ["COMPTOIR_TURNED_CLOCK"])


def _turned_now():
    return _real_now() + timedelta(seconds=int(_file.read_text() or 0))


timezone.now = _turned_now

"""Read by Python at its start when this folder is on PYTHONPATH: the process lives COMPTOIR_TEST_SHIFT_S seconds later.

Only processes that a scenario starts have this folder on their path. The product has no seam for it: its code calls
datetime.now() as ever, and the C functions below it answer a later day. The monotonic clock, which waits use, is left alone.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

if "COMPTOIR_TEST_SHIFT_S" in os.environ:
    time_machine.travel(
        datetime.now(UTC) + timedelta(seconds=int(os.environ["COMPTOIR_TEST_SHIFT_S"])), tick=True
    ).start()

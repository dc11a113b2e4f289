"""The WSGI application that granian serves. It refuses to start in debug mode."""

import gc
import os
import signal
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

_PR_SET_PDEATHSIG = 1

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
if settings.DEBUG:
    raise RuntimeError("DEBUG must be False")
if settings.COMPTOIR_SERVING and sys.platform == "linux":
    import ctypes

    # A worker must not outlive its killed parent: it would keep the port and the dossiers.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
application = get_wsgi_application()

from comptoir.config.till_door import TillDoor  # noqa: E402 - reads models, which exist from here on

application = TillDoor(application)

if settings.COMPTOIR_SERVING:
    from comptoir.config.serving import take_all

    take_all()
    gc.collect()
    gc.freeze()  # what was loaded stays: nothing of it is worth looking through again
    gc.set_threshold(10_000)

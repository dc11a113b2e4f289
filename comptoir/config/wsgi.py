"""The WSGI application that granian serves. It refuses to start in debug mode."""

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

if settings.COMPTOIR_SERVING:
    from comptoir.config.serving import take_all

    take_all()

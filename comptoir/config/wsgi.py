"""The WSGI application that granian serves. It refuses to start in debug mode."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
if settings.DEBUG:
    raise RuntimeError("DEBUG must be False")
application = get_wsgi_application()

"""Django's settings. There is no global database: each dossier brings its own (see comptoir.dossiers)."""

import os
from pathlib import Path

from comptoir.dossiers import connections as dossier_connections
from comptoir.dossiers import guard as dossier_guard
from comptoir.dossiers.home import home

dossier_connections.install()
dossier_guard.install()

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_FOLDER = home  # asked by apps, which do not import comptoir.dossiers
DEBUG = False
SECRET_KEY = os.environ.get("COMPTOIR_SECRET_KEY", "") or "skeleton-until-the-home-key-arrives"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]

INSTALLED_APPS = [
    "comptoir.dossiers",
    "comptoir.apps.fiscal",
    "comptoir.apps.access",
    "comptoir.apps.printing",
    "comptoir.apps.settings",
    "comptoir.apps.parties",
    "comptoir.apps.catalog",
    "comptoir.apps.treasury",
    "comptoir.apps.till",
    "comptoir.backoffice",
    "django_tables2",
    "django_filters",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "comptoir.config.middleware.dossier.DossierMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]

ROOT_URLCONF = "comptoir.config.urls"
DOSSIER_URLCONF = "comptoir.config.dossier_urls"
WSGI_APPLICATION = "comptoir.config.wsgi.application"

DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
DATABASE_ROUTERS = ["comptoir.dossiers.guard.OneDossierRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "dist"] if (BASE_DIR / "web" / "dist").is_dir() else []

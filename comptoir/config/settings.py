"""Django's settings. There is no global database: each dossier brings its own (see comptoir.dossiers).

What differs between installations comes from the environment, set by `comptoir serve`:
COMPTOIR_HOME (data folder), COMPTOIR_HOSTS (names the server answers to, separated by commas),
COMPTOIR_BEHIND_PROXY=1 (a trusted proxy ends TLS, sets X-Forwarded-Proto and adds to X-Forwarded-For), COMPTOIR_SERVING=1 (this process serves
tills: it takes the lock of each dossier it opens), COMPTOIR_LOG_FILE (where the journal goes; standard error without).
"""

import os
import secrets
from pathlib import Path

from comptoir.config.secret_key import existing_secret_key
from comptoir.dossiers import connections as dossier_connections
from comptoir.dossiers import guard as dossier_guard
from comptoir.dossiers.append_only import deletion_allowed
from comptoir.dossiers.home import home

dossier_connections.install()
dossier_guard.install()

DATA_FOLDER = home  # a function: business code asks where its files go without knowing dossiers
DELETION_ALLOWED = deletion_allowed  # the same for the one purge there is
BASE_DIR = Path(__file__).resolve().parents[2]
WEB_DIST = BASE_DIR / "web" / "dist"

DEBUG = False
# Before the first `serve` there is nobody's session to keep: a key for this process alone does.
SECRET_KEY = existing_secret_key() or secrets.token_urlsafe(64)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] + [h for h in os.environ.get("COMPTOIR_HOSTS", "").split(",") if h]
if os.environ.get("COMPTOIR_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "comptoir.dossiers",
    "comptoir.apps.fiscal",
    "comptoir.apps.access",
    "comptoir.apps.printing",
    "comptoir.apps.settings",
    "comptoir.apps.parties",
    "comptoir.apps.catalog",
    "comptoir.apps.treasury",
    "comptoir.apps.wallets",
    "comptoir.apps.till",
    "comptoir.apps.outreach",
    "comptoir.backoffice",
    "django_tables2",
    "django_filters",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "comptoir.config.middleware.journal.RequestJournal",
    "comptoir.config.middleware.headers.SecurityHeaders",
    "comptoir.config.middleware.body_limit.BodyLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "comptoir.config.middleware.dossier.DossierMiddleware",
    "comptoir.config.middleware.sessions.DossierSessions",
    "django.middleware.common.CommonMiddleware",
    "comptoir.config.middleware.csrf.DossierCsrf",
    "comptoir.config.middleware.rights.RightsGate",
    "comptoir.config.middleware.exports.ExportEvents",
    "django.contrib.messages.middleware.MessageMiddleware",
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
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"] + ([WEB_DIST] if WEB_DIST.is_dir() else [])
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 300
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[-.][0-9A-Za-z_-]{8,20}\.[0-9a-z]+$"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_ENGINE = "comptoir.apps.access.session_store"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_SAMESITE = "Strict"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "comptoir.config.answers.form_expired"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600
COMPTOIR_BODY_LIMIT = 12 * 1024 * 1024  # no request is larger, whatever its kind

COMPTOIR_SERVING = os.environ.get("COMPTOIR_SERVING") == "1"

_LOG_FILE = os.environ.get("COMPTOIR_LOG_FILE")
_ROTATED = {"class": "logging.handlers.RotatingFileHandler", "maxBytes": 10_000_000, "backupCount": 5}
JOURNAL = _ROTATED | {"filename": _LOG_FILE, "encoding": "utf-8"} if _LOG_FILE else {"class": "logging.StreamHandler"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "comptoir.config.journal_lines.JsonLine"}},
    "handlers": {"journal": JOURNAL | {"formatter": "json"}},
    "root": {"handlers": ["journal"], "level": "WARNING"},
    "loggers": {
        "comptoir": {"level": os.environ.get("COMPTOIR_LOG", "INFO")},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # 4xx are lines of the request journal
        "django.security.DisallowedHost": {"level": "ERROR"},
        "psycopg.pool": {"level": "WARNING" if COMPTOIR_SERVING else "CRITICAL"},  # a command says it itself, in French
    },
}

"""Settings of a worker.

BENCH_PEER names what it measures, BENCH_DATABASE is a JSON object for DATABASES, BENCH_INDEXES the read indexes.
"""

import json
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

PEER = os.environ["BENCH_PEER"]
INDEXES = os.environ.get("BENCH_INDEXES")

SECRET_KEY = "bench"
USE_TZ = True
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": json.loads(os.environ["BENCH_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

APPS = {
    "ours": ["pgtrigger", "pghistory"],
    "pghistory": ["pgtrigger", "pghistory"],
    "simple": ["simple_history"],
    "auditlog": ["auditlog"],
    "reversion": ["reversion"],
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *APPS.get(PEER.partition("_")[0], []),
    "bench.peers.apps.Shop",
]

# The app has no migrations: its tables are made from the models, and then its triggers.
PGTRIGGER_MIGRATIONS = False

if INDEXES is not None:
    PGHISTORY_INDEXES = tuple(filter(None, INDEXES.split(",")))

if PEER.startswith("ours"):
    INSTALLED_APPS += [
        "django.contrib.admin",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "pghistory_ui",
        "django_tables2",
        "django_htmx",
    ]
    MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "pghistory.middleware.HistoryMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    ROOT_URLCONF = "bench.peers.urls"
    STATIC_URL = "static/"
    # Where the files of exports are put, until they are deleted a moment later.
    MEDIA_ROOT = tempfile.gettempdir()
    _browser = find_spec("pghistory_ui")
    TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            # A checkout keeps the browser's templates beside the package.
            "DIRS": [Path(_browser.origin).parent.parent / "templates"] if _browser and _browser.origin else [],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        },
    ]

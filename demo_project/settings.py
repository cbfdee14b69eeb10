"""Settings of the demo; everything that a machine decides comes from its environment.

DATABASE_URL      a PostgreSQL address; without it, the embedded server of `make demo`
DEMO_DEBUG        1 shows Django's error pages
DEMO_MEDIA        a folder for uploads and files of exports; without it, one beside the embedded server
DEMO_HOSTS        further host names, separated by commas
DEMO_SECRET_KEY   a key of one's own, should the demo ever be reachable by others
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from demo_project import postgres

ROOT = Path(__file__).resolve().parent.parent


def database(url: str) -> dict[str, Any]:
    """Django's settings of a database, from an address or connection string that libpq takes."""
    parameters = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
    keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{key: str(parameters.pop(name, "")) for key, name in keys.items()},
        "OPTIONS": parameters,
    }


SECRET_KEY = os.environ.get("DEMO_SECRET_KEY", "demo-only-key-that-everybody-knows-and-nobody-may-use")
DEBUG = os.environ.get("DEMO_DEBUG") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, os.environ.get("DEMO_HOSTS", "").split(","))]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "pghistory_ui",
    "django_tables2",
    "django_htmx",
    "demo_project.people",
    "demo_project.shop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "demo_project.security.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "demo_project.urls"
WSGI_APPLICATION = "demo_project.wsgi.application"
ASGI_APPLICATION = "demo_project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The shop's own come first. The wheel carries the others inside pghistory_ui/; a checkout has them at its top.
        "DIRS": [ROOT / "demo_project" / "templates", ROOT / "templates"],
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

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL") or postgres.address(postgres.data_folder(postgres.requested_version()), "demo")
    ),
}
# `make demo` starts a worker beside the server, in an environment that has one.
HAS_WORKER = find_spec("django_tasks_db") is not None
if HAS_WORKER:
    INSTALLED_APPS.append("django_tasks_db")
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]

LANGUAGE_CODE = "en"
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = os.environ.get("DEMO_MEDIA") or postgres.HOME / "media"

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

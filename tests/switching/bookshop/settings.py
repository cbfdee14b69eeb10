"""Settings of the bookshop; everything that a test decides comes from its environment.

BOOKSHOP_DATABASE   a PostgreSQL address
BOOKSHOP_VARIANT    a name in variants.py
BOOKSHOP_SETTINGS   further settings, in JSON
BOOKSHOP_TEMPLATES  the folder of the browser's templates, which adds the browser
BOOKSHOP_LISTS      adds the lists of `pghistory.admin` instead
"""

import json
import os

from psycopg.conninfo import conninfo_to_dict

from tests.switching.bookshop.variants import VARIANTS

_address = conninfo_to_dict(os.environ["BOOKSHOP_DATABASE"])

SECRET_KEY = "bookshop"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "tests.switching.bookshop",
]
MIDDLEWARE = [
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.pop("dbname"),
        "USER": _address.pop("user", ""),
        "PASSWORD": _address.pop("password", ""),
        "HOST": _address.pop("host", ""),
        "PORT": _address.pop("port", ""),
        "OPTIONS": _address,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

# A foreign key may be unique, as it is in many a grown project.
SILENCED_SYSTEM_CHECKS = ["fields.W342"]

globals().update(VARIANTS[os.environ.get("BOOKSHOP_VARIANT", "plain")])
globals().update(json.loads(os.environ.get("BOOKSHOP_SETTINGS", "{}")))

templates, lists = os.environ.get("BOOKSHOP_TEMPLATES"), os.environ.get("BOOKSHOP_LISTS")
if templates or lists:
    INSTALLED_APPS += [
        "django.contrib.admin",
        "django.contrib.sessions",
        "django.contrib.messages",
        *(["pghistory.admin"] if lists else ["pghistory_ui", "django_tables2", "django_htmx"]),
    ]
    MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        *MIDDLEWARE,
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [templates] if templates else [],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ]
    ROOT_URLCONF = "tests.switching.bookshop.urls"
    STATIC_URL = "static/"

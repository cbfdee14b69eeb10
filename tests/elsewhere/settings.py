"""A project unlike the others: users and types of its own, and two schemas, which it tells apart by search_path."""

import os
from copy import deepcopy

from demo_project.settings import DATABASES as _DEMO
from demo_project.settings import database
from tests.settings import *  # noqa: F403 - a settings module extends another by name
from tests.settings import INSTALLED_APPS as _INSTALLED_APPS

# Of tests.settings, the models that refer to Django's own users stay out.
INSTALLED_APPS = [
    *(app for app in _INSTALLED_APPS if not app.startswith(("demo_project.", "tests."))),
    "django.contrib.postgres",
    "tests.elsewhere",
]
AUTH_USER_MODEL = "elsewhere.Member"
ROOT_URLCONF = "tests.elsewhere.urls"

_SERVER = database(os.environ["DATABASE_URL"]) if os.environ.get("DATABASE_URL") else _DEMO["default"]
DATABASES = {
    alias: {
        **deepcopy(_SERVER),
        "OPTIONS": {"options": f"-c search_path={schema},public"},
        "TEST": {"NAME": "test_elsewhere"},
    }
    for alias, schema in {"default": "first", "second": "second"}.items()
}

"""The demo's settings with a second database, the models that only tests track, and no waiting."""

import os
from copy import deepcopy
from importlib.util import find_spec

from demo_project.settings import *  # noqa: F403 - a settings module extends another by name
from demo_project.settings import DATABASES, INSTALLED_APPS

SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tracked", "tests.matrix", "tests.past", "tests.returned"]

# 1 makes PostgreSQL, in the place of psycopg, put the parameters into statements, as `make matrix` does.
if os.environ.get("PGHISTORY_SERVER_SIDE_BINDING") == "1":
    DATABASES["default"]["OPTIONS"]["server_side_binding"] = True

DATABASES = {**DATABASES, "archive": deepcopy(DATABASES["default"])}
# Each worker of pytest-xdist has databases of its own.
NAME = "_".join(filter(None, ("test_pghistory", os.environ.get("PYTEST_XDIST_WORKER"))))
DATABASES["default"]["TEST"] = {"NAME": NAME}
# A copy of the migrated one, made by tests/conftest.py.
DATABASES["archive"]["TEST"] = {"NAME": f"{NAME}_archive", "TEMPLATE": NAME, "DEPENDENCIES": []}

# What is handed to the workers is done at once.
FRAMEWORK = "django.tasks" if find_spec("django.tasks") else "django_tasks"
TASKS = {"default": {"BACKEND": f"{FRAMEWORK}.backends.immediate.ImmediateBackend"}}

# Ranges and arrays are tracked without the adapters of that app, which Django 6.1 asks for.
SILENCED_SYSTEM_CHECKS = ["postgres.E005"]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

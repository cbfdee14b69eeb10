"""The demo's settings with a second database, the models that only tests track, and no waiting."""

from copy import deepcopy

from demo_project.settings import *  # noqa: F403 - a settings module extends another by name
from demo_project.settings import DATABASES, INSTALLED_APPS

SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tracked", "tests.matrix"]

DATABASES = {**DATABASES, "archive": deepcopy(DATABASES["default"])}
DATABASES["default"]["TEST"] = {"NAME": "test_pghistory"}
# A copy of the migrated one, made by tests/conftest.py.
DATABASES["archive"]["TEST"] = {"NAME": "test_pghistory_archive", "TEMPLATE": "test_pghistory", "DEPENDENCIES": []}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

"""The tests' settings without the browser: `pghistory.admin` in its place."""

from tests.settings import *  # noqa: F403 - a settings module extends another by name
from tests.settings import INSTALLED_APPS

# The demo's shop uses the browser in its own admin.
LEFT_OUT = ("pghistory_ui", "django_tables2", "django_htmx", "demo_project.shop")

INSTALLED_APPS = [
    # Since 6.1, Django's checks ask for it where a model has its fields.
    "django.contrib.postgres",
    "pghistory.admin",
    *(app for app in INSTALLED_APPS if app not in LEFT_OUT),
]

"""The app that tracks accounts."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Holds proxies only: every row lives in a table of django.contrib.auth."""

    name = "demo_project.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

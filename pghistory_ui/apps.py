"""The app of the browser."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class PghistoryUiConfig(AppConfig):
    """Needs nothing but its name in INSTALLED_APPS: its admin module mounts the pages."""

    name = "pghistory_ui"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = gettext_lazy("History browser")

    def ready(self) -> None:
        # A worker that never looks at an address has to know these kinds of jobs as well.
        from pghistory_ui.views import download, restore_job  # noqa: F401, PLC0415

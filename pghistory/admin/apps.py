"""The app of the event lists."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class PGHistoryAdminConfig(AppConfig):
    """Needs nothing but its name in INSTALLED_APPS: its admin module registers the list."""

    name = "pghistory.admin"
    label = "pghistory_admin"
    verbose_name = gettext_lazy("History")

"""The list of all events on the default admin site, unless the browser is installed: it takes its place."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin

from pghistory import config


def register(site: admin.AdminSite) -> None:
    """Registers PGHISTORY_ADMIN_MODEL with PGHISTORY_ADMIN_CLASS, where a project has not done so itself."""
    model = config.admin_model()
    if not site.is_registered(model):
        site.register(model, config.admin_class())


if not apps.is_installed("pghistory_ui"):
    register(admin.site)

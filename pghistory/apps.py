"""The app: what has to be connected once Django is up."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from pghistory import config, injection, operations


class PGHistoryConfig(AppConfig):
    """Hands contexts to every connection, and registers the system checks."""

    name = "pghistory"
    verbose_name = "history"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pghistory import checks  # noqa: PLC0415 - checks read models, which are there only now

        connection_created.connect(_hand_over_contexts, dispatch_uid="pghistory.apps")
        for connection in connections.all(initialized_only=True):
            injection.install(connection)
        post_migrate.connect(_install_functions, sender=self, dispatch_uid="pghistory.apps")
        checks.register()


def _hand_over_contexts(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    injection.install(connection)


def _install_functions(using: str, apps: Apps = installed, **signal: Any) -> None:
    """Writes the SQL functions where PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE asks for it.

    Not after a migration back to a table that the newest function does not fit.
    """
    if (
        config.install_context_func_on_migrate()
        and connections[using].vendor == "postgresql"
        and router.allow_migrate(using, "pghistory")
        and _context_is_current(apps)
    ):
        operations.install_latest(using)


def _context_is_current(apps: Apps) -> bool:
    contexts = [model for model in apps.get_models() if model._meta.label_lower == "pghistory.context"]
    return any(field.name == "actor_label" for context in contexts for field in context._meta.local_fields)

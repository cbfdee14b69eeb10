"""System checks: mistakes of setup, said before they cost an event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, cast

import pgtrigger
from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, IntegerField
from django.utils.module_loading import import_string

from pghistory import conditions, event_models, operations, registry, rewrites

if TYPE_CHECKING:
    from pghistory.models import Event
    from pghistory.triggers import Event as EventTrigger

AppConfigs = Sequence[AppConfig] | None

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COLUMN = re.compile(r'\b(old|new)\.("(?:[^"]|"")+"|\w+)', re.IGNORECASE)


def check_installation(app_configs: AppConfigs, **options: Any) -> list[checks.CheckMessage]:
    """E001: pgtrigger is not installed as an app. E002: another distribution has files in this package."""
    messages: list[checks.CheckMessage] = []
    if not apps.is_installed("pgtrigger"):
        messages.append(
            checks.Error(
                '"pgtrigger" is missing from INSTALLED_APPS, so that migrations install no triggers.',
                hint='Add "pgtrigger" to INSTALLED_APPS. See "Track your first model" in the README.',
                id="pghistory.E001",
            )
        )
    if other := _version_of("django-pghistory"):
        messages.append(
            checks.Error(
                f'The distribution "django-pghistory" {other} is installed beside "django-pghistory-ui". Both put '
                'their files into the package "pghistory", and which of them run is left to chance.',
                hint="Uninstall both, then install django-pghistory-ui: models, settings, migrations and rows stay as "
                'they are. See "Coming from django-pghistory" in the README.',
                id="pghistory.E002",
            )
        )
    return messages


def check_middleware(app_configs: AppConfigs, **options: Any) -> list[checks.CheckMessage]:
    """W001: requests reach HistoryMiddleware before it is known who the user is."""
    history = _first("pghistory.middleware.HistoryMiddleware")
    authentication = _first("django.contrib.auth.middleware.AuthenticationMiddleware")
    if history is None or authentication is None or history > authentication:
        return []
    path = settings.MIDDLEWARE[history]
    return [
        checks.Warning(
            f'MIDDLEWARE names "{path}" before "{settings.MIDDLEWARE[authentication]}", so that contexts begin before '
            "the user is known.",
            hint=f'Move "{path}" below it. See "Track your first model" in the README.',
            id="pghistory.W001",
        )
    ]


def check_conditions(app_configs: AppConfigs, **options: Any) -> list[checks.CheckMessage]:
    """E004: a tracker's condition names a field, or a row, that is not there."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        checks.Error(
            f"{model._meta.label}: {tracker!r} has a `condition` that cannot become a trigger: {problem}.",
            hint=f'{remedy} See "Conditions" in docs/tracking.md.',
            obj=model,
            id="pghistory.E004",
        )
        for event_model in registry.event_models()
        if labels is None or event_model._meta.app_label in labels
        for model in (event_model.pgh_tracked_model,)
        for tracker in event_model.pgh_trackers
        for problem, remedy in dict.fromkeys(
            found for trigger in tracker.triggers(event_model) for found in _problems(event_model, trigger)
        )
    ]


def check_keys(app_configs: AppConfigs, **options: Any) -> list[checks.CheckMessage]:
    """E005: events whose keys do not count upwards, so that nothing tells which of two came first."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        checks.Error(
            f"{event_model._meta.label}: pgh_id is a {type(key).__name__}, and within a transaction events are in the "
            "order of their keys.",
            hint='Set PGHISTORY_ID_FIELD, or pgh_id of the base model, to a field that counts upwards, as "django.db.'
            'models.BigAutoField".',
            obj=event_model,
            id="pghistory.E005",
        )
        for event_model in registry.event_models()
        if labels is None or event_model._meta.app_label in labels
        for key in (cast("Field[Any, Any]", event_model._meta.get_field("pgh_id")),)
        if not isinstance(key, IntegerField)
    ]


def check_functions(
    app_configs: AppConfigs, databases: Sequence[str] | None = None, **options: Any
) -> list[checks.CheckMessage]:
    """W003: a database that is migrated, but whose SQL function is not what migrations wrote."""
    return [
        checks.Warning(
            f'The SQL function "{name}" in the database "{alias}" is not the one that migrations install.',
            hint=f'Call pghistory.operations.install_latest("{alias}") in a shell, or set '
            "PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE and migrate. See pghistory/sql/functions/.",
            id="pghistory.W003",
        )
        for alias in databases or ()
        if connections[alias].vendor == "postgresql"
        for name in _drifted(connections[alias])
    ]


def check_rewrites(
    app_configs: AppConfigs, databases: Sequence[str] | None = None, **options: Any
) -> list[checks.CheckMessage]:
    """W002: a migration would rewrite an event table above a million rows."""
    return [
        checks.Warning(
            f'{found.event_model._meta.label}: the column "{found.field.column}" is {found.present} in the database '
            f'"{alias}" and {found.wanted} in the model. A migration would rewrite the table, about {found.events:,} '
            "events, and keep everybody out meanwhile.",
            hint=(
                'Set PGHISTORY_ID_FIELD = "django.db.models.AutoField" to keep the keys as they are. '
                if found.field.primary_key
                else "Leave the column as it is, or change it in steps. "
            )
            + 'See "Big tables" in docs/switching.md.',
            obj=found.event_model,
            id="pghistory.W002",
        )
        for alias in databases or ()
        if connections[alias].vendor == "postgresql"
        for found in rewrites.rewrites(connections[alias])
    ]


def register() -> None:
    """Makes the checks known to Django."""
    checks.register(check_installation, checks.Tags.compatibility)
    checks.register(check_middleware, checks.Tags.compatibility)
    checks.register(check_conditions, checks.Tags.models)
    checks.register(check_keys, checks.Tags.models)
    checks.register(check_functions, checks.Tags.database)
    checks.register(check_rewrites, checks.Tags.database)


def _version_of(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _first(wanted: str) -> int | None:
    """Where MIDDLEWARE has the class of this path, or a subclass."""
    for position, path in enumerate(settings.MIDDLEWARE):
        try:
            bases = getattr(import_string(path), "__mro__", ())
        except ImportError:
            continue
        if any(f"{base.__module__}.{base.__qualname__}" == wanted for base in bases):
            return position
    return None


def _problems(event_model: type[Event], trigger: EventTrigger) -> Iterator[tuple[str, str]]:
    """(what is wrong, what to do) with the condition of a trigger."""
    if trigger.condition is None:
        return
    model = event_model.pgh_tracked_model
    names = {field.column: field.name for field in event_models.own_columns(model)}
    remedy = f"Use fields of the model's own table: {', '.join(names.values())}."
    try:
        text = _LITERAL.sub("''", trigger.condition.resolve(model))
    # Whatever a project's own condition class raises, the check has to name the tracker.
    except Exception as error:
        yield f"{_words(trigger.condition)}: {str(error).rstrip('.')}", remedy
        return
    found = [(row.lower(), column.strip('"')) for row, column in _COLUMN.findall(text)]
    rows = {row for row, _ in found} | {row for row in ("old", "new") if re.search(rf"\b{row}\.\*", text, re.I)}
    for operation, row, other in ((pgtrigger.Insert, "old", "new"), (pgtrigger.Delete, "new", "old")):
        if operation in tuple(trigger.operation or ()) and row in rows:
            yield (
                f"it reads the {row} row, and {str(operation).lower()} has only the {other} one",
                f"Use {other}__ in the place of {row}__, or give updates a tracker of their own.",
            )
    # What a project writes as SQL itself may name columns that Django does not manage.
    if isinstance(trigger.condition, (pgtrigger.Q, conditions.ByValue)):
        for column in dict.fromkeys(column for _, column in found if column not in names):
            yield f'it reads "{column}", which is no column of the table {model._meta.db_table}', remedy


def _words(condition: pgtrigger.Condition) -> str:
    return str(condition) if isinstance(condition, (pgtrigger.Q, conditions.ByValue)) else type(condition).__name__


def _drifted(connection: BaseDatabaseWrapper) -> list[str]:
    """The functions whose newest version an applied migration has installed, and which are something else now."""
    loader = MigrationLoader(connection)
    installed = {
        (operation.name, operation.version)
        for key in loader.applied_migrations
        if key in loader.disk_migrations
        for operation in loader.disk_migrations[key].operations
        if isinstance(operation, operations.InstallFunction)
    }
    expected = {
        name: operations.body(operations.definition(name, version))
        for name, version in operations.LATEST.items()
        if (name, version) in installed
    }
    present = operations.bodies(connection, expected)
    return [name for name, body in expected.items() if present.get(name) != body]

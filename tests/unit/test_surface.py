"""The public surface, as tables: names, arguments, defaults, settings, columns and paths that projects rely on."""

import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.checks.registry import registry as check_registry
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings

import pghistory
from pghistory import checks, config, errors, event_models, trackers
from pghistory.admin import EventsAdmin
from pghistory.models import Context, Event, Events, MiddlewareEvents
from pghistory.timeline import Timeline
from pghistory_ui import config as ui_config
from tests.tracked.models import Everything
from tests.unit.test_facade import NAMES

UNSET: Any = config.UNSET


def test_the_facade_has_these_names_and_no_other():
    assert sorted(pghistory.__all__) == sorted(NAMES)


@pytest.mark.parametrize(
    "path",
    [
        *(f"pghistory.models.{name}" for name in "Context Event Events MiddlewareEvents EventQuerySet".split()),
        "pghistory.models.EventsQuerySet",
        "pghistory.models.PGHistoryJSONField",
        "pghistory.utils.JSONField",
        "pghistory.core.event_models",
        "pghistory.trigger.Event",
        "pghistory.runtime.context",
        "pghistory.runtime.Context",
        "pghistory.runtime.attach",
        "pghistory.middleware.HistoryMiddleware",
        "pghistory.admin.EventsAdmin",
        "pghistory.admin.EventModelAdmin",
        "pghistory.as_of.as_of",
        "pghistory.timeline.Timeline",
        "pghistory.restore.plan",
        "pghistory.restore.apply",
        "pghistory.restore.undo",
        "pghistory.backfill.run",
    ],
)
def test_this_can_be_imported(path: str):
    module, _, name = path.rpartition(".")
    assert getattr(importlib.import_module(module), name)


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    """{argument: default}; `*` before those that need their name, ... for what has to be given."""
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        star = "*" if parameter.kind is inspect.Parameter.KEYWORD_ONLY else ""
        found[f"{star}{name}"] = ... if parameter.default is inspect.Parameter.empty else parameter.default
    return found


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (pghistory.track, {"trackers": ..., "options": ...}),
        (pghistory.create_event_model, {"tracked_model": ..., "trackers": ..., "*abstract": True, "options": ...}),
        (pghistory.create_event, {"obj": ..., "*label": ..., "*using": "default"}),
        (pghistory.Tracker, {"label": None}),
        (pghistory.ManualEvent, {"label": None}),
        (
            pghistory.RowEvent,
            {
                "label": None,
                "*condition": UNSET,
                "*operation": None,
                "*row": None,
                "*trigger_name": None,
                "*level": None,
            },
        ),
        (pghistory.ProxyField, {"path": ..., "field": ...}),
        (Event.revert, {"self": ..., "using": None}),
        (Timeline().page, {"size": 50, "*after": None, "*before": None}),
        (Timeline().count, {"bound": 10_000}),
        (
            importlib.import_module("pghistory.as_of").as_of,
            {"model": ..., "instant": ..., "*partial": False, "*using": None},
        ),
        (importlib.import_module("pghistory.runtime").attach, {"*using": "default", "*session": False}),
    ],
)
def test_a_function_takes_these_arguments(function: Callable[..., Any], expected: dict[str, Any]):
    assert parameters(function) == expected


def test_track_has_these_options():
    assert list(event_models.EventModelOptions.__annotations__) == [
        "fields",
        "exclude",
        "obj_field",
        "context_field",
        "context_id_field",
        "append_only",
        "model_name",
        "app_label",
        "base_model",
        "attrs",
        "meta",
        "level",
    ]


INSERT, UPDATE, DELETE = pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete


@pytest.mark.parametrize(
    ("tracker", "label", "operations", "row"),
    [
        (pghistory.InsertEvent(), "insert", (INSERT,), "NEW"),
        (pghistory.UpdateEvent(), "update", (UPDATE,), "NEW"),
        (pghistory.DeleteEvent(), "delete", (DELETE,), "OLD"),
        (pghistory.AfterInsert("x"), "x", (INSERT,), "NEW"),
        (pghistory.AfterUpdate("x"), "x", (UPDATE,), "NEW"),
        (pghistory.AfterInsertOrUpdate("x"), "x", (INSERT, UPDATE), "NEW"),
        (pghistory.BeforeUpdate("x"), "x", (UPDATE,), "OLD"),
        (pghistory.BeforeDelete("x"), "x", (DELETE,), "OLD"),
        (pghistory.BeforeUpdateOrDelete("x"), "x", (UPDATE, DELETE), "OLD"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_tracker_has_these_defaults(tracker: pghistory.RowEvent, label: str, operations: Any, row: str):
    assert (tracker.label, tracker.operations, tracker.row) == (label, operations, row)
    assert isinstance(tracker.condition, pgtrigger.AnyChange) is isinstance(tracker, pghistory.UpdateEvent)
    assert (tracker.condition is None) is not isinstance(tracker, pghistory.UpdateEvent)
    assert (tracker.trigger_name, tracker.level) == (None, None)
    (trigger,) = tracker.triggers(Everything.pgh_event_model)
    assert trigger.level is pghistory.Row


def test_rows_and_levels_have_these_values():
    assert (pghistory.Old, pghistory.New) == ("OLD", "NEW")
    assert pghistory.Row is pgtrigger.Row
    assert pghistory.Statement is pgtrigger.Statement


SETTINGS: dict[str, tuple[Callable[[], Any], Any, Any, Any]] = {
    # name: (what reads it, its default as read, another value, that value as read)
    "APPEND_ONLY": (config.append_only, False, True, True),
    "BASE_MODEL": (config.base_model, Event, "tests.tracked.models.Everything", Everything),
    "CONTEXT_FIELD": (config.context_field, config.ContextForeignKey(), None, None),
    "CONTEXT_ID_FIELD": (config.context_id_field, config.ContextUUIDField(), None, None),
    "CREATED_AT_FUNCTION": (config.created_at_function, "NOW()", "CLOCK_TIMESTAMP()", "CLOCK_TIMESTAMP()"),
    "DEFAULT_TRACKERS": (trackers.defaults, trackers.DEFAULT_TRACKERS, (), ()),
    "EXCLUDE_FIELD_KWARGS": (
        config.exclude_field_kwargs,
        {},
        {"django.db.models.CharField": ["max_length"], models.TextField: []},
        {models.CharField: ["max_length"], models.TextField: []},
    ),
    "FIELD": (
        lambda: config.field_layers("FIELD"),
        (),
        pghistory.Field(null=True),
        (pghistory.Field(null=True),),
    ),
    "FOREIGN_KEY_FIELD": (
        lambda: config.field_layers("FOREIGN_KEY_FIELD"),
        (),
        pghistory.ForeignKey(null=True),
        (pghistory.ForeignKey(null=True),),
    ),
    "RELATED_FIELD": (
        lambda: config.field_layers("RELATED_FIELD"),
        (),
        pghistory.RelatedField(null=True),
        (pghistory.RelatedField(null=True),),
    ),
    "OBJ_FIELD": (config.obj_field, config.ObjForeignKey(), None, None),
    "INSTALL_CONTEXT_FUNC_ON_MIGRATE": (config.install_context_func_on_migrate, False, True, True),
    "JSON_ENCODER": (
        config.json_encoder,
        DjangoJSONEncoder,
        "json.JSONEncoder",
        importlib.import_module("json").JSONEncoder,
    ),
    "LEVEL": (lambda: config.level() or pghistory.Row, pghistory.Row, pghistory.Statement, pghistory.Statement),
    "MIDDLEWARE_METHODS": (
        config.middleware_methods,
        {"GET", "POST", "PUT", "PATCH", "DELETE"},
        ("POST",),
        {"POST"},
    ),
    "ADMIN_ALL_EVENTS": (config.admin_all_events, True, False, False),
    "ADMIN_CLASS": (config.admin_class, EventsAdmin, "pghistory.admin.EventModelAdmin", None),
    "ADMIN_LIST_DISPLAY": (config.admin_list_display, None, ["pgh_label"], ["pgh_label"]),
    "ADMIN_MODEL": (config.admin_model, Events, "pghistory.MiddlewareEvents", MiddlewareEvents),
    "ADMIN_ORDERING": (config.admin_ordering, ("-pgh_created_at",), ["pgh_id"], ("pgh_id",)),
    "ADMIN_QUERYSET": (config.admin_queryset, None, lambda: "chosen", "chosen"),
    "ID_FIELD": (config.id_field, models.BigAutoField, "django.db.models.AutoField", models.AutoField),
    "INDEXES": (config.indexes, {"obj", "time", "context", "actor", "deletions"}, (), set()),
    "INLINE_ROWS": (config.inline_rows, 5_000, 10, 10),
    "UI_EXPORT_DAYS": (ui_config.export_days, 7, 1, 1),
    "UI_FIELD_PERMISSION": (config.field_permission, None, "builtins.callable", callable),
    "UI_PAGE_SIZE": (ui_config.page_size, 50, 20, 20),
    "UI_RESTORE": (ui_config.restore, True, False, False),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_has_its_default_and_is_read_when_it_is_needed(name: str):
    read, default, other, as_read = SETTINGS[name]
    assert read() == default
    with override_settings(**{f"PGHISTORY_{name}": other}):
        assert read() == (
            as_read or importlib.import_module("pghistory.admin").EventModelAdmin if name == "ADMIN_CLASS" else as_read
        )
    assert read() == default


def test_every_setting_that_is_read_is_among_them():
    read = {
        name
        for module in (config, ui_config)
        for name in re.findall(r'(?:_get\(|_load\(|field_layers\(|PGHISTORY_)"?([A-Z_]+)\b', inspect.getsource(module))
    }
    assert {"APPEND_ONLY", "UI_RESTORE"} <= read <= set(SETTINGS)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (config.Field, {}),
        (config.RelatedField, {}),
        (config.ForeignKey, {}),
        (config.ObjForeignKey, {"related_name": pghistory.DEFAULT, "related_query_name": pghistory.DEFAULT}),
        (config.ContextForeignKey, {"null": True, "related_query_name": pghistory.DEFAULT}),
        (config.ContextJSONField, {"null": True}),
        (config.ContextUUIDField, {"null": True}),
    ],
)
def test_the_configuration_of_a_column_says_this_by_itself(kind: type[config.Field], expected: dict[str, Any]):
    assert kind().kwargs == expected
    assert kind(null=False, db_index=pghistory.DEFAULT).kwargs == {
        **expected,
        "null": False,
        "db_index": pghistory.DEFAULT,
    }
    assert getattr(pghistory, kind.__name__) is kind


def columns(model: type[models.Model]) -> dict[str, str | None]:
    return {str(field.column): field.db_type(connection) for field in model._meta.concrete_fields}


def test_events_have_these_columns():
    assert columns(Events) == {
        "pgh_slug": "text",
        "pgh_model": "varchar(64)",
        "pgh_id": "bigint",
        "pgh_created_at": "timestamp with time zone",
        "pgh_label": "text",
        "pgh_data": "jsonb",
        "pgh_diff": "jsonb",
        "pgh_context_id": "uuid",
        "pgh_context": "jsonb",
        "pgh_obj_model": "varchar(64)",
        "pgh_obj_id": "text",
    }
    assert Events._meta.pk.name == "pgh_slug"
    assert not Events._meta.managed
    assert MiddlewareEvents._meta.proxy
    assert [field.name for field in MiddlewareEvents._meta.private_fields] == ["user", "url"]


def test_an_event_model_has_these_columns():
    assert columns(Everything.pgh_event_model) == {
        "pgh_id": "bigint",
        "pgh_created_at": "timestamp with time zone",
        "pgh_label": "text",
        "pgh_obj_id": "bigint",
        "pgh_context_id": "uuid",
        "id": "bigint",
        "name": "varchar(16)",
        "number": "integer",
    }
    event_model = Everything.pgh_event_model
    assert event_model.pgh_tracked_model is Everything
    assert [tracker.label for tracker in event_model.pgh_trackers] == ["insert", "update", "delete"]
    assert Everything.pgh_event_models == dict.fromkeys(("insert", "update", "delete"), event_model)
    assert event_model._meta.get_field("pgh_obj").remote_field.related_name == "events"


def test_contexts_are_kept_in_this_table():
    assert apps.get_app_config("pghistory").name == "pghistory"
    assert Context._meta.db_table == "pghistory_context"
    assert set(columns(Context)) == {"id", "created_at", "updated_at", "metadata", "actor_label"}


def test_migrations_of_the_older_package_count_as_applied():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    squashed = loader.disk_migrations["pghistory", "0001_squashed_0007_auto_20250421_0444"]
    assert [name for _, name in squashed.replaces][::6] == ["0001_initial", "0007_auto_20250421_0444"]
    assert len(squashed.replaces) == 7


def test_system_checks_have_these_numbers():
    text = inspect.getsource(checks)
    for number in ("E001", "E002", "E004", "E005", "W001", "W002", "W003"):
        assert text.count(f'id="pghistory.{number}"') == 1
    ours = {check.__name__ for check in check_registry.get_checks(True) if check.__module__ == "pghistory.checks"}
    assert ours == {
        "check_installation",
        "check_middleware",
        "check_conditions",
        "check_keys",
        "check_functions",
        "check_rewrites",
    }


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.TrackingError, ValueError),
        (errors.UnknownLabel, ValueError),
        (errors.UntrackedModel, ValueError),
        (errors.SeveralEventModels, ValueError),
        (errors.CannotRevert, RuntimeError),
        (errors.InvalidMetadata, ValueError),
        (errors.InvalidObjects, ValueError),
        (errors.ReadOnlyEvents, TypeError),
        (errors.InvalidCursor, ValueError),
        (errors.InvalidToken, ValueError),
        (errors.UnsupportedDatabase, RuntimeError),
    ],
)
def test_errors_can_be_caught_as_what_python_calls_them(error: type[Exception], builtin: type[Exception]):
    assert issubclass(error, builtin)
    assert issubclass(error, errors.PghistoryError)


@pytest.mark.parametrize(
    "method",
    """
    of references across labelled by in_context where_context touching changed since until page count
    """.split(),
)
def test_a_timeline_is_narrowed_by_these(method: str):
    assert callable(getattr(Timeline(), method))


def test_an_entry_has_these_attributes():
    entry = importlib.import_module("pghistory.timeline").Entry
    for name in "event kind at label object before after changes context actor actor_label".split():
        assert hasattr(entry, name), name


def test_a_context_has_these_ways_to_be_carried():
    assert callable(pghistory.context.token)
    assert callable(pghistory.context.resume)
    assert "max_age" in inspect.signature(pghistory.context.token).parameters

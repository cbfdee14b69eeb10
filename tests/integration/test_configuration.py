"""Settings and arguments that configure the columns, triggers and base of event models."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models
from django.test import override_settings

import pghistory
from pghistory import config, registry
from pghistory.models import Event
from tests.tracked.models import Target

pytestmark = pytest.mark.usefixtures("scratch")


class Based(Event):
    """A base of a project's own."""

    remark = models.TextField(default="", db_default="")

    class Meta:
        abstract = True
        app_label = "tracked"


def declare(name: str = "Configured", *trackers: pghistory.Tracker, **options: Any) -> Any:
    """A model with a column of each sort that configuration tells apart."""

    class Meta:
        app_label = "tracked"

    columns = {
        "number": models.IntegerField(),
        "slug": models.SlugField(unique=True),
        "target": models.ForeignKey(Target, on_delete=models.CASCADE, related_name="+"),
    }
    model = type(name, (models.Model,), {"__module__": __name__, "Meta": Meta, **columns})
    return pghistory.track(*trackers, **options)(model)


def field(model: Any, name: str) -> Any:
    return model.pgh_event_model._meta.get_field(name)


@override_settings(PGHISTORY_FIELD=pghistory.Field(null=True, editable=False))
def test_field_configures_every_mirrored_column():
    declared = declare()
    for name in ("number", "slug", "target"):
        assert field(declared, name).null
        assert not field(declared, name).editable


@override_settings(PGHISTORY_FIELD=pghistory.Field(unique=pghistory.DEFAULT, db_index=pghistory.DEFAULT))
def test_default_takes_the_tracked_fields_own_value():
    declared = declare()
    assert field(declared, "slug").unique
    assert field(declared, "slug").db_index
    assert not field(declared, "number").unique


@override_settings(
    PGHISTORY_FIELD=pghistory.Field(editable=False, null=True),
    PGHISTORY_FOREIGN_KEY_FIELD=pghistory.ForeignKey(null=pghistory.DEFAULT),
)
def test_default_takes_back_what_a_weaker_setting_said():
    declared = declare()
    assert field(declared, "number").null
    assert not field(declared, "target").null
    assert not field(declared, "pgh_obj").null


@override_settings(PGHISTORY_FIELD=pghistory.Field(null=True, db_index=True))
def test_generated_keys_are_plain_integers_whatever_is_configured():
    key = field(declare(), "id")
    assert (key.null, key.db_index) == (False, False)


@pytest.mark.parametrize("given", [{}, {"obj_field": pghistory.ObjForeignKey(null=True)}], ids=["setting", "argument"])
def test_a_reference_of_the_models_own_has_djangos_way_back_unless_it_names_one(given: dict[str, Any]):
    related_name = field(declare(**given), "pgh_obj").remote_field.related_name
    assert related_name == (None if given else "events")


def test_default_is_djangos_own_where_nothing_is_mirrored():
    declared = declare(obj_field=pghistory.ObjForeignKey(related_name=pghistory.DEFAULT))
    assert field(declared, "pgh_obj").remote_field.related_name is None


@override_settings(PGHISTORY_RELATED_FIELD=pghistory.RelatedField(related_name="mirrors"))
def test_related_field_configures_mirrored_relations():
    assert field(declare(), "target").remote_field.related_name == "mirrors"


@override_settings(
    PGHISTORY_FIELD=pghistory.Field(null=True, blank=True, db_index=True),
    PGHISTORY_RELATED_FIELD=pghistory.RelatedField(db_index=False, blank=False),
    PGHISTORY_FOREIGN_KEY_FIELD=pghistory.ForeignKey(db_index=True),
)
def test_the_closer_setting_wins():
    target = field(declare(), "target")
    assert (target.null, target.blank, target.db_index) == (True, False, True)


@override_settings(PGHISTORY_OBJ_FIELD=pghistory.ObjForeignKey(related_name="history"))
def test_obj_field_configures_the_reference_to_the_object():
    assert field(declare(), "pgh_obj").remote_field.related_name == "history"


@override_settings(PGHISTORY_OBJ_FIELD=pghistory.ObjForeignKey(related_name="history"))
def test_an_argument_wins_over_a_setting():
    given = declare(obj_field=pghistory.ObjForeignKey(related_name="closer"))
    assert field(given, "pgh_obj").remote_field.related_name == "closer"


@override_settings(PGHISTORY_OBJ_FIELD=pghistory.ObjForeignKey(null=True))
def test_one_settings_object_serves_many_models():
    first, second = declare("First", fields=["number"]), declare("Second", fields=["slug"])
    names = [field(each, "pgh_obj").remote_field.related_name for each in (first, second)]
    assert names == ["number_events", "slug_events"]
    assert all(field(each, "pgh_obj").null for each in (first, second))


@override_settings(PGHISTORY_OBJ_FIELD=None, PGHISTORY_CONTEXT_FIELD=None)
def test_columns_may_be_switched_off_by_settings():
    names = {each.name for each in declare().pgh_event_model._meta.fields}
    assert not names & {"pgh_obj", "pgh_context", "pgh_context_id"}


@override_settings(PGHISTORY_CONTEXT_FIELD=pghistory.ContextJSONField())
def test_a_context_in_json_comes_with_its_id():
    declared = declare()
    assert field(declared, "pgh_context").get_internal_type() == "JSONField"
    assert field(declared, "pgh_context_id").get_internal_type() == "UUIDField"
    assert field(declared, "pgh_context").null


@override_settings(PGHISTORY_CONTEXT_FIELD=pghistory.ContextJSONField(), PGHISTORY_CONTEXT_ID_FIELD=None)
def test_a_context_in_json_may_do_without_its_id():
    names = {each.name for each in declare().pgh_event_model._meta.fields}
    assert "pgh_context" in names
    assert "pgh_context_id" not in names


@override_settings(
    PGHISTORY_FIELD=pghistory.Field(blank=True, null=True),
    PGHISTORY_EXCLUDE_FIELD_KWARGS={"django.db.models.SlugField": ["blank"], models.IntegerField: ["null"]},
)
def test_kwargs_may_be_kept_from_a_field_class():
    declared = declare()
    assert (field(declared, "slug").blank, field(declared, "slug").null) == (False, True)
    assert (field(declared, "number").blank, field(declared, "number").null) == (True, False)


@override_settings(PGHISTORY_DEFAULT_TRACKERS=(pghistory.DeleteEvent("gone"),))
def test_default_trackers_are_a_setting():
    assert registry.labels(declare().pgh_event_model) == ("gone",)
    named = declare("Named", pghistory.ManualEvent("seen"))
    assert registry.labels(named.pgh_event_model) == ("seen",)


@override_settings(PGHISTORY_BASE_MODEL="tests.integration.test_configuration.Based")
def test_the_base_model_is_a_setting_and_gives_its_name():
    event_model = declare().pgh_event_model
    assert issubclass(event_model, Based)
    assert event_model.__name__ == "ConfiguredBased"
    assert field(event_model.pgh_tracked_model, "pgh_obj").remote_field.related_name == "baseds"
    assert "remark" in {each.name for each in event_model._meta.fields}


def test_the_base_model_is_an_argument_too():
    assert issubclass(declare(base_model=Based).pgh_event_model, Based)


@override_settings(PGHISTORY_ID_FIELD="django.db.models.AutoField", PGHISTORY_INDEXES=())
def test_a_switched_project_keeps_its_keys_and_indexes():
    event_model = declare().pgh_event_model
    assert type(event_model._meta.pk) is models.AutoField
    assert event_model._meta.indexes == []
    assert event_model._meta.get_field("pgh_obj").db_index
    assert event_model._meta.get_field("pgh_context").db_index


@override_settings(PGHISTORY_INDEXES=("time",))
def test_read_indexes_are_chosen_one_by_one():
    event_model = declare().pgh_event_model
    assert [index.fields for index in event_model._meta.indexes] == [["pgh_created_at", "pgh_id"]]


@override_settings(PGHISTORY_INDEXES=("context",))
def test_contexts_are_indexed_by_their_foreign_key_or_by_a_read_index():
    own = declare("Own").pgh_event_model
    assert own._meta.get_field("pgh_context").db_index
    assert own._meta.indexes == []
    read = declare("Read", context_field=pghistory.ContextForeignKey(db_index=False)).pgh_event_model
    assert [index.fields for index in read._meta.indexes] == [["pgh_context"]]
    kept: dict[str, Any] = {"context_field": pghistory.ContextJSONField()}
    assert [index.fields for index in declare("Denormal", **kept).pgh_event_model._meta.indexes] == [["pgh_context_id"]]
    kept["context_id_field"] = pghistory.ContextUUIDField(db_index=True)
    assert declare("Indexed", **kept).pgh_event_model._meta.indexes == []
    assert declare("Without", context_field=None).pgh_event_model._meta.indexes == []


def triggers(model: Any) -> list[Any]:
    return [trigger.compile(model) for trigger in model._meta.triggers]


@override_settings(PGHISTORY_LEVEL=pghistory.Statement)
def test_the_level_is_a_setting_an_argument_and_a_trackers_own():
    by_setting = declare("BySetting", pghistory.InsertEvent())
    by_argument = declare("ByArgument", pghistory.InsertEvent(), level=pghistory.Row)
    by_tracker = declare("ByTracker", pghistory.InsertEvent(level=pghistory.Statement), level=pghistory.Row)
    levels = [str(model._meta.triggers[0].level) for model in (by_setting, by_argument, by_tracker)]
    assert levels == ["STATEMENT", "ROW", "STATEMENT"]


@override_settings(PGHISTORY_APPEND_ONLY=True)
def test_append_only_is_a_setting_and_an_argument():
    on = declare("On").pgh_event_model
    off = declare("Off", append_only=False).pgh_event_model
    assert {trigger.name for trigger in on._meta.triggers} == {"append_only", "append_only_truncate"}
    assert not getattr(off._meta, "triggers", [])


@override_settings(PGHISTORY_CREATED_AT_FUNCTION="CLOCK_TIMESTAMP()")
def test_the_time_of_an_event_is_what_a_setting_says(build: Callable[..., type[Event]]):
    @pghistory.track()
    class Clocked(models.Model):
        number = models.IntegerField()

        class Meta:
            app_label = "tracked"

    events: Any = build(Clocked)
    row = Clocked.objects.create(number=1)
    row.number = 2
    row.save()
    first, second = events.objects.order_by("pgh_id")
    assert first.pgh_created_at < second.pgh_created_at


def test_callers_objects_are_never_altered():
    meta: dict[str, Any] = {"verbose_name": "story", "indexes": [models.Index(fields=["number"], name="by_number")]}
    attrs: dict[str, Any] = {"size": 5}
    fields = ["number"]
    trackers = (pghistory.UpdateEvent(), pghistory.UpdateEvent("again", condition=pghistory.AnyChange()))
    configured = pghistory.ObjForeignKey(null=True)
    given = (meta, attrs, fields, configured)
    before = copy.deepcopy(given)
    states = [dict(vars(tracker)) for tracker in trackers]
    conditions = [copy.deepcopy(vars(tracker.condition)) for tracker in trackers]
    for name in ("First", "Second"):
        declare(name, *trackers, fields=fields, meta=meta, attrs=attrs, obj_field=configured, append_only=True)
        meta["indexes"] = [models.Index(fields=["number"], name=f"by_number_after_{name.lower()}")]
    assert (attrs, fields, configured) == before[1:]
    assert set(meta) == {"verbose_name", "indexes"}
    assert [dict(vars(tracker)) for tracker in trackers] == states
    assert [vars(tracker.condition) for tracker in trackers] == conditions


def test_trackers_serve_many_models_with_their_own_fields():
    shared = pghistory.UpdateEvent()
    first = declare("First", shared, fields=["number"])
    second = declare("Second", shared, fields=["slug"])
    assert ['"number"' in triggers(model)[0].sql.kwargs["condition"] for model in (first, second)] == [True, False]


@pytest.mark.django_db
def test_an_abstract_event_model_is_made_for_a_subclass_and_a_concrete_one_is_ready():
    class Subject(models.Model):
        number = models.IntegerField()

        class Meta:
            app_label = "tracked"

    abstract = pghistory.create_event_model(Subject, pghistory.InsertEvent())
    assert abstract._meta.abstract
    assert registry.event_models_of(Subject) == ()
    concrete: Any = pghistory.create_event_model(Subject, pghistory.InsertEvent(), abstract=False)
    assert not concrete._meta.abstract
    assert registry.event_models_of(Subject) == (concrete,)
    assert concrete.__name__ == "SubjectEvent"
    assert concrete._meta.get_field("number").db_type(connection) == "integer"


@pytest.mark.parametrize(
    ("setting", "read", "value"),
    [
        ("APPEND_ONLY", config.append_only, True),
        ("CREATED_AT_FUNCTION", config.created_at_function, "CLOCK_TIMESTAMP()"),
        ("DEFAULT_TRACKERS", config.default_trackers, (pghistory.ManualEvent("x"),)),
        ("INDEXES", config.indexes, frozenset({"obj"})),
        ("INSTALL_CONTEXT_FUNC_ON_MIGRATE", config.install_context_func_on_migrate, True),
        ("LEVEL", config.level, pghistory.Statement),
        ("MIDDLEWARE_METHODS", config.middleware_methods, frozenset({"POST"})),
    ],
)
def test_settings_are_read_when_they_are_needed(setting: str, read: Callable[[], Any], value: Any):
    before = read()
    with override_settings(**{f"PGHISTORY_{setting}": value}):
        assert read() == value
    assert read() == before
    assert before != value

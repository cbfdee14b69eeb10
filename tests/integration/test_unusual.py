"""Uses that are rare and right all the same: keys of event models, databases, routers, threads, settings."""

import contextvars
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection, models, transaction

import pghistory
from pghistory import errors, injection, operations, registry
from pghistory.models import Context, Event, Events
from pghistory.timeline import Timeline
from tests.matrix.models import Composite, Kinds
from tests.tracked.models import CharKey, ContextFree, DenormalisedContext, Everything, Labelled, Loose

pytestmark = pytest.mark.django_db

Build = Callable[..., type[Any]]


class ByUuid(Event):
    """A base model with a key of its own."""

    pgh_id: Any = models.UUIDField(primary_key=True, db_default=models.Func(function="gen_random_uuid"))

    class Meta:
        abstract = True


def test_a_base_model_may_bring_a_key_of_its_own(build: Build):
    @pghistory.track(pghistory.InsertEvent(), base_model=ByUuid, append_only=False, meta={"abstract": False})
    class Thing(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "tracked"

    event_model = build(Thing)
    Thing.objects.create(name="a")
    event = event_model.objects.get()
    told: Any = Events.objects.across(event_model).get()
    assert told.pgh_slug == f"{event_model._meta.label}:{event.pgh_id}"
    assert told.pgh_id is None
    assert told.pgh_data == {"id": event.id, "name": "a"}


@pytest.mark.parametrize("tracker", [pghistory.AfterInsertOrUpdate, pghistory.BeforeUpdateOrDelete])
def test_of_a_row_without_object_nobody_knows_which_of_two_operations_it_was(build: Build, tracker: Any):
    @pghistory.track(tracker("written"), obj_field=None)
    class Anonymous(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "tracked"

    event_model = build(Anonymous)
    made = Anonymous.objects.create(name="a")
    made.name = "b"
    made.save()
    assert {entry.kind for entry in Timeline().across(event_model).page().entries} == {"unknown"}


def test_a_generated_column_alone_is_kept_as_it_was(build: Build):
    @pghistory.track(fields=["doubled"])
    class Doubled(models.Model):
        number = models.IntegerField()
        doubled = models.GeneratedField(
            expression=models.F("number") * 2,
            output_field=models.IntegerField(),
            db_persist=True,
            db_column="Doubled",
        )

        class Meta:
            app_label = "tracked"

    event_model = build(Doubled)
    Doubled.objects.create(number=2)
    Doubled.objects.update(number=3)
    assert list(event_model.objects.order_by("pgh_id").values_list("doubled", flat=True)) == [4, 6]


def test_the_events_of_an_unmanaged_model_may_be_unmanaged_too(build: Build):
    @pghistory.track(meta={"managed": False})
    class Foreign(models.Model):
        name = models.TextField()

        class Meta:
            app_label = "tracked"
            managed = False

    assert "triggers" not in Foreign.pgh_event_model._meta.original_attrs
    assert not Foreign._meta.original_attrs["triggers"]


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize(("app_label", "module"), [("shop", "demo_project.shop.models"), ("messages", __name__)])
def test_an_event_model_of_another_app_lives_among_its_models_where_it_has_some(app_label: str, module: str):
    @pghistory.track(app_label=app_label)
    class Guest(models.Model):
        class Meta:
            app_label = "tracked"

    event_model = Guest.pgh_event_model
    try:
        assert (event_model._meta.app_label, event_model.__module__) == (app_label, module)
    finally:
        vars(__import__(module, fromlist=["GuestEvent"])).pop("GuestEvent")


@pytest.mark.usefixtures("scratch")
def test_a_setting_of_the_wrong_kind_is_named(settings: Any):
    settings.PGHISTORY_OBJ_FIELD = pghistory.ForeignKey()
    with pytest.raises(errors.UnsupportedArgument, match=r"obj_field.*Give a pghistory\.ObjForeignKey"):

        @pghistory.track()
        class Odd(models.Model):
            class Meta:
                app_label = "tracked"


def test_what_cannot_be_in_a_column_or_a_context_finds_nothing():
    with pghistory.context(user="ada", share="inf"):
        Everything.objects.create(name="a", number=1)
        Kinds.objects.create(json={"a": 1})
    everything, kinds = Timeline().across(Everything), Timeline().across(Kinds)
    for found in (
        everything.changed("number", "*", 1.5),
        everything.changed("name", "*", "a\0"),
        kinds.changed("json", "*", {"a": "\0"}),
        everything.where_context("user\0", "ada"),
        everything.where_context("user", "ada\0"),
        everything.by("\0"),
    ):
        assert found.page().entries == ()
    assert len(kinds.changed("json", "*", {"a": 1}).page().entries) == 1
    assert len(everything.where_context("share", float("inf")).page().entries) == 1


def test_an_actor_is_found_without_the_index_over_actors_too(settings: Any):
    with pghistory.context(user=7):
        Everything.objects.create(name="a")
    for indexes in ((), ("actor",)):
        settings.PGHISTORY_INDEXES = indexes
        assert len(Timeline().across(Everything).by(7).page().entries) == 1
        assert Timeline().across(Everything).by("7\0").page().entries == ()


def test_events_know_their_objects_only():
    char = CharKey.objects.create(code="a")
    events = CharKey.pgh_event_model.objects
    assert events.tracks(char).count() == 1
    with pytest.raises(errors.InvalidObjects, match=r"is no tracked\.CharKey"):
        events.tracks(Everything.objects.create(name="a"))
    loose = Loose.objects.create(name="a")
    with pytest.raises(errors.InvalidObjects, match="keeps no reference"):
        Loose.pgh_event_model.objects.tracks(loose)
    assert Composite.pgh_event_model.objects.count() == 0


def test_contexts_say_what_they_are():
    with pghistory.context(user="ada") as found:
        Everything.objects.create(name="a")
        assert repr(found) == f"<ActiveContext {found.id} {{'user': 'ada'}}>"
    assert str(Context.objects.get()) == str(found.id)


def test_a_block_that_ends_where_it_did_not_begin_ends_nothing():
    block = pghistory.context(user="ada")
    contextvars.Context().run(block.__enter__)
    block.__exit__(None, None, None)
    with pghistory.context(user="bob"):
        Everything.objects.create(name="a")
    assert Context.objects.get().metadata == {"user": "bob"}


def test_a_refused_value_behind_good_ones_is_named():
    with pytest.raises(errors.InvalidMetadata, match=r"metadata\['bad'\] holds a NUL"):
        pghistory.context(good=["a", {"b": 1}], bad="\0").__enter__()


class Elsewhere:
    """A router that keeps events without context out of every database."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        return False if model_name == "contextfreeevent" else None


def test_event_models_whose_tables_belong_elsewhere_are_passed_by(settings: Any):
    ContextFree.objects.create(name="a")
    Everything.objects.create(name="a")
    both = Timeline().across(ContextFree, Everything)
    assert len(both.page().entries) == 2
    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert [entry.event_model for entry in both.page().entries] == [Everything.pgh_event_model]


def test_other_databases_get_neither_wrapper_nor_index(monkeypatch: pytest.MonkeyPatch, sent: list[str]):
    wrappers = list(connection.execute_wrappers)
    with connection.schema_editor() as editor:
        monkeypatch.setattr(connection, "vendor", "other")
        connection.execute_wrappers.clear()
        try:
            injection.install(connection)
            assert connection.execute_wrappers == []
        finally:
            connection.execute_wrappers[:] = wrappers
        operation: Any = operations.InstallActorIndex()
        operation.database_forwards("pghistory", editor, None, None)
        operation.database_backwards("pghistory", editor, None, None)
    assert not [text for text in sent if "index" in text]


def test_searches_and_changes_ask_each_event_model_for_what_it_has():
    with pghistory.context(reason="needle"):
        for model in (Everything, Loose, ContextFree, DenormalisedContext):
            model.objects.create(name="a")
    wanted = Timeline().across(Everything, Loose, ContextFree, DenormalisedContext)
    assert {entry.tracked_model for entry in wanted.searching("needle").page().entries} == {
        Everything,
        Loose,
        DenormalisedContext,
    }
    assert len(wanted.searching("insert").page().entries) == 4
    assert len(wanted.touching("name").page().entries) == 4
    for nowhere in (wanted.across(ContextFree).by(7), wanted.across(ContextFree).where_context("reason", "needle")):
        assert nowhere.event_models == ()
        assert nowhere.page().entries == ()


def test_a_label_for_added_and_changed_rows_touches_as_it_is_read(build: Build):
    @pghistory.track(pghistory.AfterInsertOrUpdate("written"), pghistory.DeleteEvent())
    class Page(models.Model):
        name = models.TextField()
        number = models.IntegerField()

        class Meta:
            app_label = "tracked"

    build(Page)
    made = Page.objects.create(name="a", number=1)
    Page.objects.update(number=2)
    Page.objects.update(name="b")
    Page.objects.update(name="b")
    written = Timeline().of(made)
    kinds = [entry.kind for entry in written.page().entries]
    assert kinds == ["update", "update", "update", "insert"]
    assert [entry.event.number for entry in written.touching("number").page().entries] == [2, 1]
    assert [entry.kind for entry in written.changed("number", None, 1).page().entries] == ["insert"]


def test_only_trackers_without_a_trigger_are_manual():
    assert registry.manual_labels(Labelled) == ("reviewed", "seen")
    assert registry.manual_labels(Everything) == ()


def test_a_named_cursor_in_autocommit_fails_as_ever(connect_with: Callable[..., Any]):
    own = connect_with()
    with transaction.atomic():
        # Made in a transaction, it is not WITH HOLD.
        cursor = own.chunked_cursor()
    with cursor, pghistory.context(user="ada"), pytest.raises(Error, match="only be used in transaction blocks"):
        cursor.execute("select nextval('tracked_everything_id_seq')")

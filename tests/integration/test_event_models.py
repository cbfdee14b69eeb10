"""What an event model is made of: mirrored columns, references, names, registries, models of one's own."""

import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

import pghistory
from pghistory import core, registry
from pghistory.models import Context, Event
from tests.tracked.models import (
    CharKey,
    Kept,
    KeptEvent,
    Odd,
    OneKey,
    Place,
    Restaurant,
    Shelf,
    Specimen,
    Target,
    TrackedModel,
    UuidKey,
    Watched,
    WatchedEvent,
)

MIRROR = Specimen.pgh_event_model._meta
PLAIN = [name for name in Specimen.pgh_event_model.pgh_tracked_fields if not MIRROR.get_field(name).is_relation]
RELATIONS = [name for name in Specimen.pgh_event_model.pgh_tracked_fields if MIRROR.get_field(name).is_relation]


def event_field(name: str) -> Any:
    return MIRROR.get_field(name)


def tracked_field(name: str) -> Any:
    return Specimen._meta.get_field(name)


def test_every_column_is_mirrored_and_many_to_many_fields_are_not():
    names = tuple(field.name for field in Specimen._meta.concrete_fields)
    assert Specimen.pgh_event_model.pgh_tracked_fields == names
    assert "many" not in {field.name for field in MIRROR.get_fields()}


@pytest.mark.parametrize("name", [*PLAIN, *RELATIONS])
def test_a_mirror_has_the_column_of_its_field_and_enforces_nothing(name: str):
    mirror, field = event_field(name), tracked_field(name)
    assert mirror.column == field.column
    assert (
        mirror.db_type(connection) == field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    )
    assert not mirror.primary_key
    assert not mirror.unique
    assert not any((mirror.unique_for_date, mirror.unique_for_month, mirror.unique_for_year))
    assert mirror.null == field.null


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_mirror_has_no_index(name: str):
    assert not event_field(name).db_index


@pytest.mark.parametrize("name", [name for name in PLAIN if name != "id"])
def test_a_plain_mirror_is_of_the_class_of_its_field(name: str):
    assert event_field(name).deconstruct()[1] == tracked_field(name).deconstruct()[1]


@pytest.mark.parametrize("name", RELATIONS)
def test_a_mirrored_relation_is_an_unconstrained_indexed_foreign_key_without_a_way_back(name: str):
    mirror, field = event_field(name), tracked_field(name)
    assert type(mirror) is models.ForeignKey
    assert mirror.related_model is field.related_model
    assert mirror.target_field.name == field.target_field.name
    assert not mirror.db_constraint
    assert mirror.db_index
    assert mirror.remote_field.on_delete is models.DO_NOTHING
    assert mirror.remote_field.related_name == "+"


def test_keys_become_plain_integers():
    assert type(event_field("id")) is models.IntegerField
    assert event_field("id").column == "number of specimen"
    assert type(TrackedModel.pgh_event_model._meta.get_field("id")) is models.BigIntegerField


def test_other_keys_stay_what_they_are():
    assert type(UuidKey.pgh_event_model._meta.get_field("id")) is models.UUIDField
    assert type(CharKey.pgh_event_model._meta.get_field("code")) is models.CharField
    assert CharKey.pgh_event_model._meta.get_field("code").column == "the_code"
    assert type(OneKey.pgh_event_model._meta.get_field("parent")) is models.ForeignKey


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("unique", "help_text", "help"),
        ("unique", "verbose_name", "verbose"),
        ("unique", "max_length", 16),
        ("chosen", "choices", [("a", "A"), ("b", "B")]),
        ("chosen", "default", "a"),
        ("text", "blank", True),
        ("decimal", "decimal_places", 2),
        ("file", "upload_to", "files/%Y"),
    ],
)
def test_what_a_field_says_about_its_values_is_kept(name: str, attribute: str, value: Any):
    assert getattr(event_field(name), attribute) == value


def test_constraints_indexes_and_orders_of_the_model_are_not_taken_over():
    assert MIRROR.unique_together == ()
    assert "specimen_big" not in {index.name for index in MIRROR.indexes}
    assert MIRROR.constraints == []
    assert MIRROR.ordering == []


@pytest.mark.django_db
def test_values_of_every_kind_come_back_from_an_event_as_they_were():
    target = Target.objects.create(code="t")
    first = Specimen.objects.create(unique="First", target=target)
    specimen = Specimen.objects.create(
        unique="Ünïque 'ß'",
        chosen="b",
        text="line\\nbreak \\t % $ \\\\",
        slug="a-b",
        big=-(2**63),
        decimal="123456.78",
        float=1e300,
        boolean=True,
        date=dt.date(1, 1, 1),
        time=dt.time(23, 59, 59, 999_999),
        duration=dt.timedelta(days=-3, microseconds=1),
        json={"a": [1, None, {"b": "☃"}]},
        binary=b"\\x00\\xff",
        address="2001:db8::1",
        url="https://example.com/?a=%20",
        email="a@b.c",
        file="files/2031/a.txt",
        array=[3, 1, 2],
        days=DateRange(dt.date(2031, 1, 1), dt.date(2031, 2, 1)),
        target=target,
        itself=first,
        by_code=target,
        only=target,
    )
    specimen.refresh_from_db()
    event = specimen.events.get()
    for field in Specimen._meta.concrete_fields:
        mirrored, value = getattr(event, field.attname), getattr(specimen, field.attname)
        if field.name == "binary":
            mirrored, value = bytes(mirrored), bytes(value)
        assert mirrored == value, field.name
    assert event.lowered == specimen.unique.lower()
    assert event.target == target
    assert event.by_code == target


@pytest.mark.django_db
def test_events_of_rows_with_nothing_in_them_are_stored():
    specimen = Specimen.objects.create(unique="a", target=Target.objects.create(code="t"))
    Specimen.objects.filter(pk=specimen.pk).update(date=None, duration=None, array=[], json={})
    assert specimen.events.order_by("pgh_id").last().array == []


@pytest.mark.django_db
def test_a_mirrored_reference_outlives_what_it_refers_to():
    target = Target.objects.create(code="t")
    specimen = Specimen.objects.create(unique="a", target=target)
    key = target.pk
    target.delete()
    assert not Specimen.objects.filter(pk=specimen.pk).exists()
    assert {event.target_id for event in Specimen.pgh_event_model.objects.all()} == {key}


@pytest.mark.django_db
def test_two_rows_with_the_same_unique_value_one_after_the_other_have_their_events():
    target = Target.objects.create(code="t")
    for _ in range(2):
        Specimen.objects.create(unique="a", target=target).delete()
    assert Specimen.pgh_event_model.objects.filter(unique="a").count() == 4


def test_the_tracking_columns_are_what_the_surface_says():
    own = TrackedModel.pgh_event_model._meta
    assert isinstance(own.pk, models.BigAutoField)
    assert own.pk.name == "pgh_id"
    assert own.get_field("pgh_created_at").db_type(connection) == "timestamp with time zone"
    assert own.get_field("pgh_label").db_type(connection) == "text"
    for name, target in (("pgh_obj", TrackedModel), ("pgh_context", Context)):
        field = own.get_field(name)
        assert field.related_model is target
        assert not field.db_constraint
        assert field.remote_field.on_delete is models.DO_NOTHING
    assert own.get_field("pgh_context").null
    assert not own.get_field("pgh_obj").null


@pytest.mark.django_db
def test_an_event_keeps_the_time_of_its_transaction_with_a_zone():
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        (now,) = cursor.fetchone()
    event = CharKey.objects.create(code="a").events.get()
    assert event.pgh_created_at == now
    assert timezone.is_aware(event.pgh_created_at)


@pytest.mark.django_db
def test_an_event_that_is_stored_by_hand_keeps_its_time_when_it_is_saved_once_more():
    event = CharKey.pgh_event_model.objects.create(pgh_label="insert", code="a", name="a", pgh_obj_id="a")
    event.name = "b"
    event.save()
    event.refresh_from_db()
    assert event.name == "b"
    assert event.pgh_created_at is not None


def columns_of_indexes(table: str) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select array(select attname || case when indoption[place - 1] & 1 = 1 then ' desc' else '' end"
            " from unnest(indkey::smallint[]) with ordinality as key (number, place)"
            " join pg_attribute on attrelid = indrelid and attnum = number order by place)"
            " from pg_index where indrelid = %s::regclass",
            [table],
        )
        return {tuple(columns) for (columns,) in cursor.fetchall()}


@pytest.mark.django_db
def test_an_event_table_has_the_indexes_that_reading_needs_and_one_for_each_reference():
    assert columns_of_indexes("tracked_trackedmodelevent") == {
        ("pgh_id",),
        ("pgh_obj_id", "pgh_id desc"),
        ("pgh_created_at", "pgh_id"),
        ("pgh_context_id",),
        ("user_id",),
    }


@pytest.mark.django_db
def test_an_event_table_has_no_foreign_keys():
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname from pg_constraint where contype = 'f' and conrelid::regclass::text like '%event'"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_an_event_model_of_ones_own_keeps_its_columns_and_what_is_mirrored():
    row = Kept.objects.create(name="a", number=1)
    row.number = 2
    row.save()
    events = list(row.events.order_by("pgh_id"))
    assert all(type(event) is KeptEvent for event in events)
    assert [(event.number, event.remark, event.shout()) for event in events] == [(1, None, "A"), (2, None, "A")]
    assert registry.event_models_of(Kept) == (KeptEvent,)
    assert ("name",) in columns_of_indexes("tracked_keptevent")
    assert ("number",) in columns_of_indexes("tracked_keptevent")


def test_an_abstract_event_model_is_not_registered_before_it_is_used():
    assert [found._meta.label for found in registry.event_models_of(Kept)] == ["tracked.KeptEvent"]
    assert KeptEvent.__mro__[1]._meta.abstract


@pytest.mark.django_db
def test_a_later_column_of_an_event_model_does_not_hinder_the_trigger():
    row = Watched.objects.create(name="a")
    assert row.events.get().remark == ""


@pytest.mark.django_db
def test_an_event_model_may_be_tracked_itself():
    event = Watched.objects.create(name="a").events.get()
    event.remark = "odd"
    event.save()
    history = registry.event_models_of(WatchedEvent)[0].objects.get()
    assert (history.pgh_label, history.remark, history.pgh_obj_id) == ("remarked", "odd", event.pk)


@pytest.mark.django_db
def test_names_and_meta_and_attributes_are_as_they_were_given():
    story = Shelf.pgh_event_model
    assert story.__name__ == "ShelfStory"
    assert story._meta.db_table == "story of shelves"
    assert story._meta.verbose_name == "story"
    assert story.size == 5
    event = Shelf.objects.create(name="a").events.get()
    assert str(event) == f"shelf story {event.pk}"


def test_tables_and_columns_with_odd_names_are_tracked():
    assert Odd.pgh_event_model._meta.get_field("select").column == "We ird"


def test_a_parent_and_its_child_keep_their_event_models_apart():
    assert registry.event_models_of(Place) == (Place.pgh_event_model,)
    assert registry.event_models_of(Restaurant) == (Restaurant.pgh_event_model,)
    assert Restaurant.pgh_event_model.pgh_tracked_fields == ("place_ptr", "stars")


def test_the_registry_knows_every_event_model_once_and_in_order():
    found = registry.event_models()
    assert len(found) == len(set(found))
    assert found.index(UuidKey.pgh_event_model) < found.index(OneKey.pgh_event_model)
    assert {TrackedModel, Kept, Specimen} <= set(registry.tracked_models())
    assert core.event_models() == list(found)


def test_the_registry_finds_an_event_model_by_its_label():
    assert registry.event_model(TrackedModel, "insert") is TrackedModel.pgh_event_model
    with pytest.raises(ValueError, match=r'"nope" is no label of tracked\.TrackedModel\. .*insert, update'):
        registry.event_model(TrackedModel, "nope")
    with pytest.raises(ValueError, match=r"tracked\.Target is not tracked"):
        registry.event_model(Target, "insert")


def test_the_registry_finds_the_tracker_behind_a_stored_label():
    found = registry.tracker(TrackedModel.pgh_event_model, "update")
    assert isinstance(found, pghistory.UpdateEvent)
    assert registry.tracker(TrackedModel.pgh_event_model, "forgotten") is None


@pytest.mark.django_db
def test_an_event_can_be_reverted():
    row = Kept.objects.create(name="a", number=1)
    row.number = 2
    row.save()
    first = row.events.order_by("pgh_id")[0]
    assert first.can_revert
    assert first.revert() == row
    row.refresh_from_db()
    assert row.number == 1
    row.delete()
    assert first.revert().number == 1


def test_an_event_that_lacks_a_field_cannot_be_reverted():
    from tests.tracked.models import OnlyInt

    event = OnlyInt.pgh_event_model(pgh_id=1)
    assert not event.can_revert
    with pytest.raises(RuntimeError, match="char_field, user"):
        event.revert()


@pytest.mark.django_db
def test_dumpdata_reads_events_and_loaddata_format_is_left_to_django():
    CharKey.objects.create(code="a")
    written = io.StringIO()
    call_command("dumpdata", "tracked.charkeyevent", stdout=written)
    assert '"pgh_label": "insert"' in written.getvalue()


def test_event_models_inherit_the_public_base():
    assert all(issubclass(found, Event) for found in registry.event_models())
    assert issubclass(Event, models.Model)
    assert Event._meta.abstract


@pytest.mark.django_db
def test_no_migration_is_missing_whatever_was_stored_before():
    Context.objects.create(metadata={"user": 1})
    call_command("makemigrations", "tracked", "pghistory", check=True, dry_run=True, verbosity=0)


def test_ids_of_contexts_are_uuids():
    assert isinstance(Context._meta.pk, models.UUIDField)
    assert isinstance(Context().pk, uuid.UUID)


@pytest.mark.django_db
def test_the_user_column_refers_to_users():
    user = User.objects.create(username="ada")
    event = TrackedModel.objects.create(int_field=1, char_field="a", user=user).events.get()
    assert event.user == user

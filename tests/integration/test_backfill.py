"""Backfill: first events for rows that are older than their tracking."""

import datetime as dt
import threading
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, connections, transaction

import pghistory
from demo_project.shop.models import Category, Product, Supplier
from pghistory import backfill, errors, registry
from pghistory.models import Context
from tests.tracked.models import (
    AppendOnly,
    ByStatement,
    CharKey,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Everything,
    Kept,
    Labelled,
    Loose,
    Note,
    Odd,
    OneKey,
    OnlyDeletions,
    Place,
    Restaurant,
    Specimen,
    Target,
    UuidKey,
)

pytestmark = pytest.mark.django_db


def forget(*event_models: Any) -> None:
    """Leaves rows as they are from the time before tracking."""
    for event_model in event_models:
        event_model._base_manager.all().delete()


def older(number: int) -> None:
    Everything.objects.bulk_create([Everything(name=str(position)) for position in range(number)])
    forget(Everything.pgh_event_model)


def mirrored(event_model: Any) -> list[tuple[Any, ...]]:
    names = [field.attname for field in event_model._meta.concrete_fields if field.name not in OWN]
    return sorted(event_model._base_manager.filter(pgh_label="insert").values_list(*names), key=repr)


OWN = ("pgh_id", "pgh_created_at", "pgh_context", "pgh_context_id")


def specimen() -> None:
    target = Target.objects.create(code="t")
    Specimen.objects.create(unique="A", target=target, by_code=target, json={"a": 1}, array=[1, 2], binary=b"\0x")


def restaurant() -> None:
    Restaurant.objects.create(name="Inn", stars=2)


def odd() -> None:
    Odd.objects.create(select=1)


@pytest.mark.parametrize(
    ("make", "model"),
    [
        (specimen, Specimen),
        (ByStatement.objects.create, ByStatement),
        (lambda: CharKey.objects.create(pk="a%b'c"), CharKey),
        (UuidKey.objects.create, UuidKey),
        (lambda: OneKey.objects.create(parent=UuidKey.objects.create(), name="n"), OneKey),
        (lambda: Kept.objects.create(name="k"), Kept),
        (Note.objects.create, Note),
        (restaurant, Restaurant),
        (restaurant, Place),
        (lambda: ContextFree.objects.create(name="c"), ContextFree),
        (lambda: DenormalisedContext.objects.create(name="c"), DenormalisedContext),
    ],
    ids=lambda found: getattr(found, "__name__", ""),
)
def test_an_event_is_what_the_trigger_would_have_stored(make: Any, model: Any):
    make()
    event_model = registry.event_model(model, "insert")
    stored = mirrored(event_model)
    forget(event_model)
    (result,) = backfill.run(model)
    assert result == backfill.Result(model, "insert", len(stored))
    assert mirrored(event_model) == stored


def test_labels_columns_and_tables_may_have_any_name():
    odd()
    event_model: Any = Odd.pgh_event_model
    label = event_model._base_manager.get().pgh_label
    forget(event_model)
    backfill.run(Odd)
    assert event_model._base_manager.get().pgh_label == label


def test_a_second_run_adds_nothing():
    older(7)
    first = backfill.run(Everything, batch=2)
    second = backfill.run(Everything, batch=3)
    assert [result.written for result in (*first, *second)] == [7, 0]
    assert Everything.pgh_event_model.objects.count() == 7


def test_objects_that_have_an_event_are_left_alone():
    older(3)
    changed = Everything.objects.order_by("pk")[1]
    changed.name = "changed"
    changed.save()
    (result,) = backfill.run(Everything)
    assert result.written == 2
    assert list(changed.events.values_list("pgh_label", flat=True)) == ["update"]


def test_a_label_by_hand_is_given_to_those_who_lack_it():
    Labelled.objects.bulk_create([Labelled() for _ in range(3)])
    seen = Labelled.objects.order_by("pk")[0]
    pghistory.create_event(seen, label="seen")
    assert backfill.run(Labelled, label="reviewed")[0].written == 3
    assert backfill.run(Labelled, label="seen")[0].written == 2
    assert backfill.run(Labelled, label="seen", lacking="event")[0].written == 0


def test_who_and_why_are_kept_beside_all_events_of_a_run():
    older(5)
    ada = User.objects.create(username="ada", first_name="Ada", last_name="Lovelace")
    backfill.run(Everything, actor=ada, reason="Tracking began today", batch=2)
    (context,) = Context.objects.all()
    assert context.metadata == {
        "user": ada.pk,
        "backfill": ["tracked.Everything"],
        "reason": "Tracking began today",
    }
    assert context.actor_label == "Ada Lovelace"
    assert Everything.pgh_event_model.objects.filter(pgh_context=context).count() == 5


def test_an_event_keeps_its_context_itself_where_the_event_model_does():
    DenormalisedMetadata.objects.create(name="a")
    forget(DenormalisedMetadata.pgh_event_model)
    backfill.run(DenormalisedMetadata, reason="why")
    event = DenormalisedMetadata.pgh_event_model.objects.get()
    assert event.pgh_context == {"backfill": ["tracked.DenormalisedMetadata"], "reason": "why"}


def test_without_anything_to_write_no_context_is_stored():
    backfill.run(Everything, reason="nothing there")
    assert not Context.objects.exists()


def test_the_time_is_now_or_a_date_of_the_row():
    Note.objects.create()
    made = dt.datetime(2020, 5, 4, 3, 2, tzinfo=dt.UTC)
    Note.objects.update(made=made)
    forget(Note.pgh_event_model)
    backfill.run(Note, time="made")
    assert Note.pgh_event_model.objects.get().pgh_created_at == made
    forget(Note.pgh_event_model)
    backfill.run(Note)
    assert Note.pgh_event_model.objects.get().pgh_created_at > made + dt.timedelta(days=365)


def test_a_day_begins_where_the_project_lives(settings: Any):
    specimen()
    Specimen.objects.update(date=dt.date(2026, 7, 1))
    Specimen.objects.bulk_create([Specimen(unique="B", target=Target.objects.get(), added=dt.date(2026, 1, 1))])
    forget(Specimen.pgh_event_model)
    backfill.run(Specimen, time="date")
    event = Specimen.pgh_event_model.objects.get(unique="A")
    assert event.pgh_created_at == dt.datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    # Without a date, it is now.
    assert Specimen.pgh_event_model.objects.get(unique="B").pgh_created_at.year > 2025


def test_chosen_objects_or_those_that_a_filter_finds():
    older(6)
    chosen = Everything.objects.filter(name__in=["1", "2"])
    assert backfill.run(Everything, objects=chosen)[0].written == 2
    assert backfill.run(Everything, where={"name": "3"})[0].written == 1
    assert backfill.run(Everything, objects=Everything.objects.order_by("-pk")[:1])[0].written == 1
    assert backfill.run(Everything, objects=Everything.objects.none())[0].written == 0
    assert backfill.run(Everything, where={"pk__in": []})[0].written == 0
    stored = Everything.pgh_event_model.objects.order_by("name").values_list("name", flat=True)
    assert list(stored) == ["1", "2", "3", "5"]


def test_an_object_that_a_filter_finds_twice_gets_one_event():
    product_in_two_categories()
    forget(Category.pgh_event_model)
    (result,) = backfill.run(Category, where={"products__stock": 1})
    assert result.written == 1


def product_in_two_categories() -> None:
    category = Category.objects.create(name="Throws", slug="throws")
    supplier = Supplier.objects.create(name="Nordvik")
    for sku in ("a", "b"):
        Product.objects.create(name=sku, sku=sku, price=1, stock=1, supplier=supplier, category=category)


def test_several_models_or_all_that_can_be():
    product_in_two_categories()
    Everything.objects.create(name="a")
    forget(Category.pgh_event_model, Product.pgh_event_model, Everything.pgh_event_model)
    assert [result.written for result in backfill.run(Category, Product)] == [1, 2]
    written = {result.model: result.written for result in backfill.run()}
    assert written[Everything] == 1
    assert written[Category] == 0
    assert Loose not in written
    assert OnlyDeletions not in written
    with pytest.raises(errors.InvalidObjects, match="one model"):
        backfill.run(Category, Product, objects=Category.objects.all())


def test_progress_is_told_for_all_models_together():
    older(5)
    CharKey.objects.create(pk="a")
    told: list[tuple[int, int]] = []
    backfill.run(Everything, CharKey, batch=2, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 6), (4, 6), (5, 6), (6, 6)]


def test_a_throttle_slows_it_down(monkeypatch: pytest.MonkeyPatch):
    older(5)
    slept: list[float] = []
    # The writes take no time: a slow machine waits less.
    monkeypatch.setattr(backfill, "clock", SimpleNamespace(sleep=slept.append, monotonic=lambda: 0.0))
    backfill.run(Everything, batch=10, throttle=2)
    assert slept == [1, 1, 0.5]


def test_append_only_events_can_be_backfilled():
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        AppendOnly.objects.create(name="a")
        cursor.execute("set local session_replication_role = origin")
    assert backfill.run(AppendOnly)[0].written == 1


def test_what_cannot_be_backfilled_is_refused_in_words():
    with pytest.raises(errors.NotBackfillable, match=r"tracked\.Loose cannot be backfilled.*has no `pgh_obj`"):
        backfill.run(Loose)
    with pytest.raises(errors.LabelNeeded, match=r"no label for inserts.*: delete"):
        backfill.run(OnlyDeletions)
    with pytest.raises(errors.UntrackedModel):
        backfill.run(Target)
    with pytest.raises(errors.UnknownLabel):
        backfill.run(Everything, label="unheard")
    with pytest.raises(errors.InvalidObjects, match=r'no date field "name".*none'):
        backfill.run(Everything, time="name")
    with pytest.raises(errors.InvalidObjects, match="The filter cannot be applied"):
        backfill.run(Everything, where={"nothing": 1})
    with pytest.raises(errors.InvalidObjects, match="The filter cannot be applied"):
        backfill.run(Everything, where={"pk": "x"})
    with pytest.raises(errors.InvalidObjects, match="Give a queryset of that model"):
        backfill.run(Everything, objects=Target.objects.all())


def test_a_preview_writes_reads_and_takes_it_back():
    older(12)
    Everything.objects.order_by("pk")[0].delete()
    preview = backfill.plan(Everything, where={"name__gt": "2"}).preview()
    assert (preview.matching, preview.writing, preview.whole) == (7, 7, True)
    assert [event.name for event in preview.sample] == sorted(str(number) for number in range(3, 10))
    assert {event.pgh_label for event in preview.sample} == {"insert"}
    assert Everything.pgh_event_model.objects.filter(pgh_label="insert").count() == 0
    assert backfill.run(Everything, where={"name__gt": "2"})[0].written == preview.writing


def test_a_preview_of_many_counts_them_and_writes_ten(monkeypatch: pytest.MonkeyPatch):
    older(15)
    monkeypatch.setattr(backfill, "DONE_WHOLE", 5)
    preview = backfill.plan(Everything).preview()
    assert (preview.matching, preview.writing, preview.whole) == (15, 15, False)
    assert [event.name for event in preview.sample] == [str(number) for number in range(10)]
    assert not Everything.pgh_event_model.objects.exists()


def test_a_preview_shows_what_the_events_table_itself_refuses():
    older(1)
    with connection.cursor() as cursor:
        cursor.execute("alter table tracked_everythingevent add check (name <> '0')")
    with pytest.raises(Exception, match="violates check constraint"), transaction.atomic():
        backfill.plan(Everything).preview()


def test_a_preview_of_nothing_shows_nothing():
    preview = backfill.plan(Everything, where={"pk__in": []}).preview()
    assert (preview.matching, preview.writing, preview.sample) == (0, 0, ())


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_each_event_once():
    older(400)
    start = threading.Barrier(2)
    written: list[int] = []

    def fill() -> None:
        start.wait()
        written.append(backfill.run(Everything, batch=20)[0].written)
        connections.close_all()

    threads = [threading.Thread(target=fill) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == 400
    assert Everything.pgh_event_model.objects.values("pgh_obj").distinct().count() == 400
    assert Everything.pgh_event_model.objects.count() == 400


@pytest.mark.django_db(transaction=True)
def test_a_preview_waits_two_seconds_for_a_lock_and_no_longer():
    older(3)
    other = connection.copy("default")
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("lock table tracked_everythingevent in access exclusive mode")
            with pytest.raises(OperationalError, match="lock timeout"):
                backfill.plan(Everything).preview()
            other.rollback()
        with connection.cursor() as cursor:
            cursor.execute("show lock_timeout")
            assert cursor.fetchone() == ("0",)
    finally:
        other.close()


@pytest.mark.django_db(databases=["default", "archive"])
def test_rows_of_another_database_get_their_events_there():
    with connections["archive"].cursor():
        Everything.objects.using("archive").create(name="far")
    Everything.pgh_event_model.objects.using("archive").all().delete()
    assert backfill.run(Everything, using="archive", reason="far")[0].written == 1
    event = Everything.pgh_event_model.objects.using("archive").get()
    assert event.pgh_context.metadata["reason"] == "far"
    assert not Everything.pgh_event_model.objects.exists()


def test_a_proxy_is_backfilled_through_its_table():
    event_model = registry.event_models_of(User)[0]
    User.objects.create(username="ada")
    forget(event_model)
    label = registry.labels(event_model)[0]
    (result,) = backfill.run(User, label=label)
    assert result.written == User.objects.count()

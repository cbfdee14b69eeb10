"""Append-only event models: what was stored stays as it was stored."""

from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests.tracked.models import AppendOnly, Everything


def events() -> Any:
    return AppendOnly.pgh_event_model.objects


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "update tracked_appendonlyevent set name = 'b'",
        "delete from tracked_appendonlyevent",
        "truncate tracked_appendonlyevent",
        "truncate tracked_everything, tracked_appendonlyevent cascade",
    ],
)
def test_the_database_refuses_to_change_remove_or_truncate_events(statement: str):
    AppendOnly.objects.create(name="a")
    with (
        pytest.raises(DatabaseError, match=r"\(pghistory\) tracked_appendonlyevent is append-only") as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, psycopg.errors.ObjectNotInPrerequisiteState)
    assert [event.name for event in events().all()] == ["a"]


@pytest.mark.django_db
def test_the_orm_is_refused_too():
    event = AppendOnly.objects.create(name="a").events.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
    event.name = "b"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()


@pytest.mark.django_db
def test_the_tracked_rows_can_still_be_changed_and_removed():
    row = AppendOnly.objects.create(name="a")
    row.name = "b"
    row.save()
    row.delete()
    assert [event.name for event in events().order_by("pgh_id")] == ["a", "b"]


@pytest.mark.django_db
def test_the_refusal_of_a_truncate_says_how_to_do_it_on_purpose():
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("truncate tracked_appendonlyevent")
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert "pghistory.allow_truncate" in (caught.value.__cause__.diag.message_hint or "")


@pytest.mark.django_db
def test_truncate_passes_in_a_session_that_allows_it():
    AppendOnly.objects.create(name="a")
    with connection.cursor() as cursor:
        cursor.execute("set local pghistory.allow_truncate = 'on'")
        cursor.execute("truncate tracked_appendonlyevent")
    assert not events().exists()


@pytest.mark.django_db
def test_events_that_are_not_append_only_may_be_changed_and_removed():
    Everything.objects.create(name="a")
    model = Everything.pgh_event_model
    model.objects.update(name="b")
    assert [event.name for event in model.objects.all()] == ["b"]
    model.objects.all().delete()
    assert not model.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_flush_command_empties_append_only_tables_and_leaves_them_guarded():
    AppendOnly.objects.create(name="a")
    call_command("flush", interactive=False, verbosity=0)
    assert not events().exists()
    AppendOnly.objects.create(name="b")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("truncate tracked_appendonlyevent")

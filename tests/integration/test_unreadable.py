"""Values that PostgreSQL keeps and Python has no object for, and values that a field cannot read any more."""

import enum
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import DataError, connection, models
from django.db.models import F, Value
from django.test import Client
from django.urls import reverse

import pghistory
from pghistory.models import Event
from pghistory.timeline import Timeline, instances_of, unread
from pghistory_ui.links import page_url
from tests.matrix.models.kinds import Kinds
from tests.ui.html import Page
from tests.ui.test_restore import ticked, token

pytestmark = pytest.mark.django_db

LONG = "1" + "0" * 5000
"""More digits than Python reads of one number."""

DEEP = "[" * 12_000 + "]" * 12_000
"""More levels than any Python reads of JSON, and PostgreSQL still does."""

VALUES = [
    ("date_time", "infinity", "infinity"),
    ("date_time", "0044-03-15 12:00+00 BC", "0044-03-15 12:00:00+00 BC"),
    ("date", "-infinity", "-infinity"),
    ("date", "10000-01-01", "10000-01-01"),
    ("duration", "100000000 years", "100000000 years"),
    ("time", "24:00", "24:00:00"),
    ("array_of_arrays", "{{infinity,2031-01-01}}", "infinity"),
    ("date_time_range", "[2031-01-01,infinity]", "infinity"),
    ("date_range", "[0044-03-15 BC,)", "0044-03-15 BC"),
    ("json", f'{{"a": {LONG}}}', LONG),
    ("json", DEEP, DEEP),
]


class Colour(enum.Enum):
    RED = "red"


class ColourField(models.CharField[Any, Any]):
    """Keeps members of an enumeration."""

    def from_db_value(self, value: str, *_: Any) -> Colour:
        return Colour(value)

    def get_prep_value(self, value: Any) -> Any:
        return value.value if isinstance(value, Colour) else value


@pytest.fixture(params=VALUES, ids=[f"{field}-{value[:30]}" for field, value, _ in VALUES])
def told(request: pytest.FixtureRequest) -> tuple[int, str, str]:
    """A row that had the value for a while: its key, the field, and how the value reads."""
    field, value, text = request.param
    row = Kinds.objects.create(char="odd")
    usual = getattr(row, field)
    of_type = Kinds._meta.get_field(field).db_type(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"update matrix_kinds set {field} = %s::text::{of_type}", [value])
    Kinds.objects.filter(pk=row.pk).update(**{field: usual, "char": "usual"})
    return row.pk, field, text


def test_a_value_that_python_has_no_object_for_is_told_as_its_text(told: tuple[int, str, str]):
    _, field, text = told
    with pytest.raises((DataError, ValueError, RecursionError)):
        list(Kinds.pgh_event_model.objects.all())
    usual, odd, _ = Timeline().across(Kinds).page().entries
    _, after = odd.changes[field]
    assert text in str(after)
    assert usual.changes[field][0] == after
    assert usual.changes["char"] == ("odd", "usual")


def test_the_pages_show_it(told: tuple[int, str, str], client: Client):
    pk, _, text = told
    client.force_login(User.objects.create_superuser("mara"))
    events = list(Kinds.pgh_event_model.objects.order_by("pgh_id").values_list("pk", flat=True))
    label = Kinds.pgh_event_model._meta.label
    shown = ""
    for address in (
        page_url(admin.site, "object", "matrix.Kinds", pk),
        page_url(admin.site, "as_of", "matrix.Kinds", pk),
        page_url(admin.site, "compare", label, events[0], events[1]),
        *(page_url(admin.site, "event", label, event) for event in events),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        shown += Page(response.content.decode()).text
    assert text[:20] in shown


def test_a_value_that_its_field_refuses_by_now_is_told_as_it_is_stored(build: Callable[..., type[Event]]):
    @pghistory.track()
    class Painted(models.Model):
        colour = ColourField(max_length=8)

        class Meta:
            app_label = "tracked"

    build(Painted)
    with connection.cursor() as cursor:
        cursor.execute("insert into tracked_painted (colour) values ('mauve')")
    Painted.objects.update(colour=Colour.RED)
    with pytest.raises(ValueError, match="mauve"):
        list(Painted.pgh_event_model.objects.all())
    last, first = Timeline().across(Painted).page().entries
    assert first.changes["colour"] == (None, "mauve")
    assert last.changes == {"colour": ("mauve", Colour.RED)}
    assert last.event.colour is Colour.RED
    (event,) = instances_of(Painted.pgh_event_model.objects.filter(pk=first.event.pk))
    assert (event.colour, unread(event)) == ("mauve", frozenset({"colour"}))
    assert not unread(last.event)


def writes(field: str, value: str | None) -> None:
    """Lets the living rows have a value by SQL."""
    of_type = Kinds._meta.get_field(field).db_type(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"update matrix_kinds set {field} = %s::text::{of_type}", [value])


def restored(client: Client, event: Event, **data: Any) -> Page:
    """The page of a restore to an event; with fields, what they write is confirmed."""
    address = page_url(admin.site, "restore", event._meta.label, event.pk)
    page = Page(client.get(address).content.decode())
    if data:
        assert ticked(page) == data["field"]
        client.post(address, {"token": token(page), **data})
    return page


def event_at(place: int) -> Event:
    """An event by its place in the history, known by its key alone."""
    event_model: Any = Kinds.pgh_event_model
    key = event_model.objects.order_by("pgh_id").values_list("pk", flat=True)[place]
    found: Event = event_model(pk=key)
    return found


UNREAD = "Cannot be restoredIts field cannot read what is stored"


def test_what_cannot_be_read_is_not_restored_and_the_rest_is_offered(told: tuple[int, str, str], client: Client):
    pk, field, text = told
    client.force_login(User.objects.create_superuser("mara"))
    usual = getattr(Kinds.objects.get(), field)
    page = restored(client, event_at(1), field=["char"])
    assert page.text.count(UNREAD) == 1
    assert text[:20] in page.text
    found = Kinds.objects.get(pk=pk)
    assert (found.char, getattr(found, field)) == ("odd", usual)
    assert "there is nothing to restore" not in page.text
    assert restored(client, event_at(1)).text.count("Nothing is chosen") == 1


def test_a_row_that_is_gone_comes_back_without_what_cannot_be_read(told: tuple[int, str, str], client: Client):
    pk, field, _ = told
    client.force_login(User.objects.create_superuser("mara"))
    Kinds.objects.all().delete()
    page = restored(client, event_at(1))
    assert page.text.count(UNREAD) == 1
    client.post(
        page_url(admin.site, "restore", Kinds.pgh_event_model._meta.label, event_at(1).pk),
        {"token": token(page), "field": re.findall(r'name="field"\s+value="([^"]+)"', page.source)},
    )
    found = Kinds.objects.get(pk=pk)
    assert found.char == "odd"
    own: Any = Kinds._meta.get_field(field)
    assert field == "date_time" or getattr(found, field) == own.get_default()


def test_a_living_row_that_cannot_be_read_has_its_pages_and_is_mended_by_a_restore(
    told: tuple[int, str, str], client: Client
):
    pk, field, text = told
    client.force_login(User.objects.create_superuser("mara"))
    usual = getattr(Kinds.objects.get(), field)
    value = next(value for name, value, words in VALUES if (name, words) == (field, text))
    writes(field, value)
    with pytest.raises((DataError, ValueError, RecursionError)):
        Kinds.objects.get(pk=pk)
    for address in ("object", "as_of"):
        page = Page(client.get(page_url(admin.site, address, "matrix.Kinds", pk)).content.decode())
        assert text[:20] in page.text
    page = restored(client, event_at(2), field=[field])
    assert UNREAD not in page.text
    assert getattr(Kinds.objects.get(pk=pk), field) == usual


def test_a_context_whose_values_cannot_be_read_is_undone_all_the_same(client: Client):
    client.force_login(User.objects.create_superuser("mara"))
    row = Kinds.objects.create(char="usual")
    usual = row.date_time
    with pghistory.context() as context:
        writes("date_time", "infinity")
    with connection.cursor() as cursor:
        cursor.execute("update matrix_kinds set date_time = '0044-03-15 12:00+00 BC'")
    address = page_url(admin.site, "undo", context.id)
    page = Page(client.get(address).content.decode())
    for words in ("infinity", "0044-03-15"):
        assert words in page.text
    overwrite = re.findall(r'name="overwrite"\s+value="([^"]+)"', page.source)
    page = Page(client.post(address, {"overwrite": overwrite, "preview": "1"}).content.decode())
    client.post(address, {"token": token(page), "overwrite": overwrite})
    assert Kinds.objects.get().date_time == usual


def test_what_the_server_itself_refuses_is_no_value_that_cannot_be_read(client: Client):
    row = Kinds.objects.create(char="usual")
    rows = Kinds.objects.annotate(half=Value(1) / (F("pk") - row.pk)).filter(half__gt=0)
    with pytest.raises(DataError, match="division by zero"):
        instances_of(rows)


def test_a_living_row_that_python_cannot_read_leaves_the_pages_of_all_rows_be(client: Client):
    with pghistory.context(reason="for ever") as made, connection.cursor() as cursor:
        row = Kinds.objects.create(char="odd")
        cursor.execute("update matrix_kinds set date_time = 'infinity'")
    entry = Timeline().of(row).latest()
    assert entry is not None
    assert entry.object == row
    assert entry.object.date_time == "infinity"
    client.force_login(User.objects.create_superuser("mara"))
    for address in (reverse("admin:pghistory_events_changelist"), page_url(admin.site, "context", made.id)):
        assert "infinity" in Page(client.get(address).content.decode()).text
    with pytest.raises(DataError):
        Kinds.objects.get()

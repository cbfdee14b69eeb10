"""Values that PostgreSQL keeps and Python has no object for, and values that a field cannot read any more."""

import enum
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import DataError, connection, models
from django.test import Client
from django.urls import reverse

import pghistory
from pghistory.models import Event
from pghistory.timeline import Timeline
from pghistory_ui.links import page_url
from tests.matrix.models.kinds import Kinds
from tests.ui.html import Page

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

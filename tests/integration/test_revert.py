"""`revert()`: a row as an event keeps it, in every column and in every table that it needs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

import pghistory
from pghistory import errors
from tests.matrix.models import Branch, Leaf, Sapling, Stamped, Tree
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db

ALL = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
FIRST = dt.datetime(2031, 5, 1, tzinfo=dt.UTC)


def test_columns_that_keep_themselves_come_back_as_they_were():
    made = Stamped.objects.create(title="a")
    first = Stamped.objects.values().get()
    made.title = "b"
    made.save()
    Stamped.objects.update(day="2031-05-01", hour="12:30", made=FIRST)
    event = made.events.order_by("pgh_id")[0]
    event.revert()
    assert Stamped.objects.values().get() == first
    made.delete()
    event.revert()
    assert Stamped.objects.values().get() == first


@pytest.fixture
def leaf() -> Leaf:
    """A child of a child, which was changed a day later in every table, and removed a day after that."""
    made = Leaf.objects.create(name="one", height=1, colour="red")
    for model in (Tree, Sapling, Leaf):
        model.pgh_event_model.objects.update(pgh_created_at=FIRST)
    made.name, made.height, made.colour = "two", 2, "blue"
    made.save()
    for model in (Tree, Sapling, Leaf):
        model.pgh_event_model.objects.filter(pgh_label="update").update(pgh_created_at=FIRST + dt.timedelta(days=1))
    return made


@pytest.mark.parametrize(
    ("place", "expected"), [(0, ("one", 1, "red")), (1, ("two", 2, "blue")), (2, ("two", 2, "blue"))]
)
def test_a_child_comes_back_with_its_parents_as_they_were_then(leaf: Leaf, place: int, expected: tuple[Any, ...]):
    leaf.delete()
    for model in (Tree, Sapling, Leaf):
        model.pgh_event_model.objects.filter(pgh_label="delete").update(pgh_created_at=FIRST + dt.timedelta(days=2))
    event = Leaf.pgh_event_model.objects.order_by("pgh_id")[place]
    found: Any = event.revert()
    assert (found.name, found.height, found.colour) == expected
    assert Leaf.objects.get() == found


def test_parents_that_live_are_left_alone(leaf: Leaf):
    event = leaf.leaf_events.order_by("pgh_id")[0]
    found: Any = event.revert()
    assert (found.name, found.height, found.colour) == ("two", 2, "red")


def test_a_parent_that_was_recorded_later_only_comes_back_as_it_was_first_recorded(leaf: Leaf):
    Tree.pgh_event_model.objects.filter(pgh_label="insert").delete()
    leaf.delete()
    found: Any = Leaf.pgh_event_model.objects.earliest("pgh_id").revert()
    assert (found.name, found.height, found.colour) == ("two", 1, "red")


def test_without_a_record_of_the_parent_nothing_is_written():
    made = Branch.objects.create(name="one", length=1)
    event = made.events.get()
    made.delete()
    with pytest.raises(errors.CannotRevert, match=r"Missing: the row of matrix\.Plain"):
        event.revert()
    assert not Branch._base_manager.exists()


@pytest.mark.parametrize("options", [{"fields": ["name"]}, {"obj_field": None}], ids=["a part", "no object"])
def test_a_record_that_is_not_whole_or_names_no_object_is_none(build: Callable[..., Any], options: dict[str, Any]):
    @pghistory.track(*ALL, **options)
    class Upper(models.Model):
        name = models.TextField()
        other = models.TextField(default="")

        class Meta:
            app_label = "tracked"

    @pghistory.track(*ALL, obj_field=pghistory.ObjForeignKey(related_name="lower_events"))
    class Lower(Upper):
        class Meta:
            app_label = "tracked"

    build(Upper)
    build(Lower)
    made = Lower.objects.create(name="a")
    event = Lower.pgh_event_model.objects.get()
    made.delete()
    with pytest.raises(errors.CannotRevert, match=r"the row of tracked\.Upper"):
        event.revert()


@pytest.mark.django_db(databases=["default", "archive"])
def test_a_row_is_brought_back_in_the_database_that_is_named():
    made = Everything.objects.using("archive").create(name="a")
    event = Everything.pgh_event_model.objects.using("archive").get(pgh_obj=made.pk)
    made.delete()
    assert event.revert(using="archive") == Everything.objects.using("archive").get(name="a")
    assert not Everything.objects.using("default").exists()

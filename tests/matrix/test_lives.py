"""Rows of every kind live and die, and their events tell it: in the database, by every way to read, on the pages."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.storage import InMemoryStorage
from django.db import connection, models
from django.test import Client
from pgtrigger.core import Level

import pghistory
from pghistory import errors, registry
from pghistory.models import Events
from pghistory.timeline import Timeline
from pghistory.trackers import TriggerNames
from pghistory_ui.links import page_url
from tests.matrix.lives import LIVES, Life, State, Table, name
from tests.matrix.models import Branch
from tests.ui.html import Page

pytestmark = pytest.mark.django_db

LEVELS = {"row": pghistory.Row, "statement": pghistory.Statement}
Model = Any


@pytest.fixture(params=LIVES, ids=[f"{place}-{life}" for place, life in enumerate(LIVES)])
def life(request: pytest.FixtureRequest, settings: Any) -> Life:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    assert isinstance(request.param, Life)
    return request.param


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest, life: Life, monkeypatch: pytest.MonkeyPatch) -> Level:
    """The triggers of the model and of its parents are of this level, until the test is over."""
    found: Level = LEVELS[request.param]
    for model in (life.model, *life.model._meta.get_parent_list()):
        names = TriggerNames()
        for event_model in registry.event_models_of(model):
            monkeypatch.setattr(event_model, "pgh_level", found)
            for tracker in event_model.pgh_trackers:
                for trigger in tracker.triggers(event_model, names):
                    with connection.cursor() as cursor:
                        cursor.execute(trigger.compile(event_model.pgh_tracked_model).install_sql)
    return found


def own(model: type[models.Model], state: State) -> State:
    """What of a state belongs to the model's own table."""
    names = {field.name for field in model._meta.local_concrete_fields} or set(state)
    return {key: value for key, value in state.items() if key in names}


class ByObject:
    """One object at a time, by the ORM."""

    def insert(self, life: Life, first: State) -> Model:
        made = life.model._default_manager.create(**first)
        return life.model._default_manager.get(pk=made.pk)

    def update(self, life: Life, obj: Model, second: State) -> None:
        for field, value in second.items():
            setattr(obj, field, value)
        obj.save()

    def delete(self, life: Life, obj: Model) -> None:
        obj.delete()


class InBulk(ByObject):
    """Many objects at a time, by the ORM; Django creates children of other tables one by one."""

    def insert(self, life: Life, first: State) -> Model:
        if life.model._meta.parents and not life.model._meta.proxy:
            return super().insert(life, first)
        life.model._default_manager.bulk_create([life.model(**first)])
        return life.model._default_manager.get()

    def update(self, life: Life, obj: Model, second: State) -> None:
        for field, value in second.items():
            setattr(obj, field, value)
        assert life.model._default_manager.bulk_update([obj], list(second)) == 1

    def delete(self, life: Life, obj: Model) -> None:
        life.model._default_manager.filter(pk=obj.pk).delete()


class Raw(ByObject):
    """By SQL, from copies of the rows that the ORM made before."""

    def insert(self, life: Life, first: State) -> Model:
        obj = super().insert(life, first)
        table = self._table(life)
        with connection.cursor() as cursor:
            cursor.execute(f"create temporary table kept as select * from {table}")
            cursor.execute(f"delete from {table}")
            self.before_insert = Table(life.model).last_event()
            cursor.execute(f"insert into {table} ({self._columns(life)}) select {self._columns(life)} from kept")
        return obj

    def update(self, life: Life, obj: Model, second: State) -> None:
        table, columns = self._table(life), self._columns(life)
        ready = Table(life.model).last_event()
        super().update(life, obj, second)
        self.of_orm = (ready, Table(life.model).last_event())
        with connection.cursor() as cursor:
            cursor.execute(f"create temporary table changed as select * from {table}")
            # Back, and forward again: only the second is looked at.
            for source in ("kept", "changed"):
                self.of_orm = (self.of_orm[0], Table(life.model).last_event())
                cursor.execute(f"update {table} set ({columns}) = (select {columns} from {source})")

    def delete(self, life: Life, obj: Model) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"delete from {self._table(life)}")

    @staticmethod
    def _table(life: Life) -> str:
        return name(Table(life.model).options.db_table)

    @staticmethod
    def _columns(life: Life) -> str:
        fields = Table(life.model).options.local_concrete_fields
        return ", ".join(name(str(field.column)) for field in fields if not field.generated)


def labels(life: Life, operation: Any) -> list[str]:
    """The labels under which an operation of the model is stored."""
    trackers = Table(life.model).event_model.pgh_trackers
    return sorted(
        tracker.label for tracker in trackers if operation in getattr(tracker, "operations", ()) and tracker.operation
    )


@pytest.mark.parametrize("way", [ByObject, InBulk, Raw])
def test_every_write_leaves_an_event_that_mirrors_the_row(life: Life, level: Level, way: Callable[[], Any]):
    first, second = life.states()
    writes, table = way(), Table(life.model)

    before = table.last_event()
    obj = writes.insert(life, first)
    row = table.row()
    before = getattr(writes, "before_insert", before)
    found = table.events(before)
    assert sorted(label for label, _ in found) == labels(life, pghistory.Insert)
    assert {columns for _, columns in found} == {row}

    before = table.last_event()
    writes.update(life, obj, own(life.model, second))
    row, was = table.row(), row
    assert row != was
    before = getattr(writes, "of_orm", (before, before))[1]
    found = table.events(before)
    assert sorted(label for label, _ in found) == labels(life, pghistory.Update)
    assert {columns for _, columns in found} == {row}

    before = table.last_event()
    writes.delete(life, obj)
    found = table.events(before)
    assert sorted(label for label, _ in found) == labels(life, pghistory.Delete)
    assert {columns for _, columns in found} == {row}


@pytest.fixture
def told(life: Life) -> tuple[Model, State, State]:
    """An object that was made and changed, and its values as the database gave them back both times."""
    first, second = life.states()
    writes = ByObject()
    obj = writes.insert(life, first)
    names = Table(life.model).event_model.pgh_tracked_fields
    before = values(obj, names)
    writes.update(life, obj, own(life.model, second))
    after = values(life.model._default_manager.get(pk=obj.pk), names)
    return obj, before, after


def values(obj: Model, names: Any) -> State:
    return {each: getattr(obj, obj._meta.get_field(each).attname) for each in names}


def test_events_hold_the_values_as_python_knows_them(life: Life, told: tuple[Model, State, State]):
    _, before, after = told
    events = list(Table(life.model).event_model._base_manager.order_by("pgh_id"))
    assert values(events[0], before) == before
    assert {repr(values(event, after)) for event in events[1:]} == {repr(after)}
    assert values(events[-1], after) == after


def test_the_aggregate_tells_the_row_and_what_differs(life: Life, told: tuple[Model, State, State]):
    table = Table(life.model)
    found = Events.objects.across(table.event_model).order_by("pgh_id")
    first, *_, last = found
    # Of an event, only what mirrors the row; read by the database itself.
    with connection.cursor() as cursor:
        cursor.execute(f"select to_jsonb(t) from {name(table.options.db_table)} t")
        ((text,),) = cursor.fetchall()
    row = text if isinstance(text, dict) else json.loads(text)
    assert {column: last.pgh_data[column] for column in table.columns} == {
        column: row[column] for column in table.columns
    }
    changed = {column for column in table.columns if first.pgh_data[column] != last.pgh_data[column]}
    if life.model._meta.label == "matrix.Composite":
        assert last.pgh_diff is None
    else:
        assert Events.objects.tracks(told[0]).count() >= len(found)
        second = found[1]
        own_columns = set(second.pgh_diff) & set(table.columns)
        assert own_columns == changed
        assert all(second.pgh_diff[each] == [first.pgh_data[each], second.pgh_data[each]] for each in own_columns)


def test_the_timeline_tells_every_change(life: Life, told: tuple[Model, State, State]):
    obj, before, after = told
    timeline = Timeline().across(Table(life.model).event_model)
    entries = timeline.page().entries
    assert entries[-1].after == before
    assert entries[0].after == after
    if life.model._meta.label == "matrix.Composite":
        return
    changed = {each for each in before if repr(before[each]) != repr(after[each])}
    entry = entries[-2]
    assert set(entry.changes) == changed
    assert entry.changes == {each: (before[each], after[each]) for each in changed}
    of_object = timeline.of(obj)
    assert [each.event for each in of_object.page().entries] == [each.event for each in entries]
    for each in sorted(changed)[:50]:
        assert entry.event in [found.event for found in of_object.touching(each).page().entries], each
        changes = of_object.changed(each, before[each], after[each]).page().entries
        assert entry.event in [found.event for found in changes], each


def test_an_event_brings_the_row_back(life: Life, told: tuple[Model, State, State]):
    table = Table(life.model)
    first = table.event_model._base_manager.order_by("pgh_id").first()
    ((_, columns), *_) = table.events(0)
    assert first.can_revert
    assert table.row() != columns
    first.revert()
    assert table.row() == columns
    told[0].delete()
    if life.model is Branch:
        # Nothing is recorded of its parent, whose row is gone too.
        with pytest.raises(errors.CannotRevert, match=r"the row of matrix\.Plain"):
            first.revert()
        assert not life.model._base_manager.exists()
    else:
        first.revert()
        assert table.row() == columns


@pytest.mark.parametrize("deleted", [False, True], ids=["living", "deleted"])
def test_the_pages_show_it(life: Life, told: tuple[Model, State, State], deleted: bool, client: Client):
    obj = told[0]
    key = obj.pk
    if deleted:
        obj.delete()
    client.force_login(User.objects.create_superuser("mara"))
    event_model = Table(life.model).event_model
    addresses = [
        page_url(admin.site, "event", event_model._meta.label, event.pk)
        for event in event_model._base_manager.order_by("-pgh_id")
    ]
    if life.model._meta.label != "matrix.Composite":
        addresses.append(page_url(admin.site, "object", life.model._meta.label, key))
    shown = ""
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        shown += Page(response.content.decode()).text
        assert client.get(f"{address}?unchanged=1").status_code == 200
    for words in life.seen:
        assert words in shown, words
    assert "&lt;" not in shown
    assert " object at 0x" not in html.unescape(shown)

"""Rows of every kind come back as they were stored, to the last byte, or are refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage

import pghistory
from pghistory import errors, restore
from pghistory.restore.spans import NAMELESS
from tests.matrix.lives import LIVES, Life, Table
from tests.matrix.models import Branch, Composite

pytestmark = pytest.mark.django_db


@pytest.fixture(params=LIVES, ids=[f"{place}-{life}" for place, life in enumerate(LIVES)])
def life(request: pytest.FixtureRequest, settings: Any) -> Life:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    assert isinstance(request.param, Life)
    return request.param


def test_a_change_of_every_kind_is_restored_undone_and_undone_again(life: Life):
    first, second = life.states()
    table = Table(life.model)
    made = life.model._default_manager.create(**first)
    before = table.row()
    with pghistory.context() as context:
        obj: Any = life.model._default_manager.get(pk=made.pk)
        for field, value in second.items():
            setattr(obj, field, value)
        obj.save()
    after = table.row()
    if life.model is Composite:
        plan = restore.undo(context.id)
        assert plan.problem.startswith("There is nothing to undo")
        assert [each.problem for each in plan.left_out] == [NAMELESS]
        with pytest.raises(errors.NotRestorable, match="there is nothing to write"):
            restore.apply(plan)
        return
    done = restore.apply(restore.undo(context.id).token)
    assert table.row() == before
    again = restore.apply(restore.undo(done.context_id).token)
    assert table.row() == after
    restore.apply(restore.undo(again.context_id).token)
    assert table.row() == before


def test_a_deleted_row_of_every_kind_comes_back(life: Life):
    first, _second = life.states()
    table = Table(life.model)
    made = life.model._default_manager.create(**first)
    obj: Any = life.model._default_manager.get(pk=made.pk)
    before = table.row()
    obj.delete()
    event = table.event_model.objects.latest("pgh_id")
    if life.model is Composite:
        with pytest.raises(errors.NotRestorable, match="does not say to which row it belongs"):
            restore.plan(event)
        return
    plan = restore.plan(event)
    if life.model is Branch:
        # Its parent's table is not tracked, and nothing knows what stood there.
        assert plan.problem.startswith("It refers to a row that is gone")
        return
    assert plan.problem == ""
    restore.apply(plan.token)
    assert table.row() == before

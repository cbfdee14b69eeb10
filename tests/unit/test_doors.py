"""Names under which projects import what lives elsewhere."""

import importlib

import pytest
from django.contrib.auth.models import Group, Permission

import pghistory
from pghistory import core, registry
from tests.tracked.models import ByRow, GroupPermissions, Loose, Reference

NAMES = {
    "pghistory.core": [
        "AfterInsert",
        "AfterInsertOrUpdate",
        "AfterUpdate",
        "BeforeDelete",
        "BeforeUpdate",
        "BeforeUpdateOrDelete",
        "DeleteEvent",
        "InsertEvent",
        "ManualEvent",
        "ProxyField",
        "RowEvent",
        "Tracker",
        "UpdateEvent",
        "create_event",
        "create_event_model",
        "track",
    ],
    "pghistory.runtime": ["context"],
    "pghistory.config": [
        "ContextForeignKey",
        "ContextJSONField",
        "ContextUUIDField",
        "Field",
        "ForeignKey",
        "ObjForeignKey",
        "RelatedField",
    ],
}

HOMES = {
    "pghistory.utils.JSONField": "pghistory.models.PGHistoryJSONField",
    "pghistory.trigger.Event": "pghistory.triggers.Event",
    "pghistory.runtime.Context": "pghistory.contexts.ActiveContext",
    "pghistory.models.EventQuerySet": "pghistory.querysets.EventQuerySet",
    "pghistory.models.EventsQuerySet": "pghistory.querysets.EventsQuerySet",
}


def found(path: str) -> object:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("path", [f"{module}.{name}" for module, names in NAMES.items() for name in names])
def test_old_doors_lead_to_the_names_of_the_facade(path: str):
    assert found(path) is getattr(pghistory, path.rpartition(".")[2])


@pytest.mark.parametrize(("door", "home"), HOMES.items())
def test_old_doors_lead_home(door: str, home: str):
    assert found(door) is found(home)


@pytest.mark.parametrize("door", ["core", "runtime", "trigger", "utils"])
def test_every_door_says_what_is_behind_it(door: str):
    module = importlib.import_module(f"pghistory.{door}")
    assert all(hasattr(module, name) for name in module.__all__)


def test_event_models_can_be_asked_for_by_what_they_track():
    assert core.event_models() == list(registry.event_models())
    assert core.event_models(tracks_model=ByRow) == [ByRow.pgh_event_model]
    assert core.event_models(tracks_model=Loose) == []
    assert core.event_models(tracks_model=Loose, include_missing_pgh_obj=True) == [Loose.pgh_event_model]
    through = Group.permissions.through
    assert core.event_models(tracks_model=through, include_missing_pgh_obj=True) == [GroupPermissions.pgh_event_model]
    assert core.event_models(models=[ByRow.pgh_event_model], tracks_model=Reference) == []


def test_event_models_can_be_asked_for_by_what_they_refer_to():
    assert core.event_models(references_model=ByRow) == [ByRow.pgh_event_model, Reference.pgh_event_model]
    assert GroupPermissions.pgh_event_model in core.event_models(references_model=Permission)
    assert core.event_models(references_model=ByRow, tracks_model=Reference) == [Reference.pgh_event_model]

"""The index that finds an actor's contexts, which a setting may leave out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.state import ProjectState

from pghistory.operations import InstallActorIndex

pytestmark = pytest.mark.django_db(transaction=True)

OPERATION = InstallActorIndex()


def is_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('pghistory_context_actor') is not null")
        return cursor.fetchone() == (True,)


def apply(direction: str) -> None:
    with connection.schema_editor() as editor:
        getattr(OPERATION, f"database_{direction}")("pghistory", editor, ProjectState(), ProjectState())


@pytest.fixture
def without_index() -> Iterator[None]:
    apply("backwards")
    yield
    apply("forwards")


def test_migrating_makes_the_index() -> None:
    assert is_there()


def test_going_back_takes_it_away_and_going_forwards_brings_it_back(without_index: None) -> None:
    assert not is_there()
    apply("forwards")
    assert is_there()


def test_a_project_that_does_not_want_it_does_not_get_it(without_index: None, settings: Any) -> None:
    settings.PGHISTORY_INDEXES = ("obj", "time")
    apply("forwards")
    assert not is_there()
    settings.PGHISTORY_INDEXES = ("actor",)
    apply("forwards")
    assert is_there()


def test_it_is_no_part_of_the_models_state() -> None:
    state = ProjectState()
    OPERATION.state_forwards("pghistory", state)
    assert state.models == {}


def test_the_operation_can_be_written_into_a_migration() -> None:
    name, args, kwargs = OPERATION.deconstruct()
    assert (name, args, kwargs) == ("InstallActorIndex", [], {})
    assert OPERATION.migration_name_fragment == "index_actor"
    assert OPERATION.describe()

"""Models that get another name or table: their triggers go with them, in both directions."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pgtrigger
import pgtrigger.registry
import pytest
from django.core.management.commands.makemigrations import Command
from django.db import connection, models
from django.db.migrations.migration import Migration
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState
from django.test.utils import isolate_apps

import pghistory
from pghistory import registry
from pghistory.models import Context

APP = "tracked"


class EveryRename(MigrationQuestioner):
    """Says yes where the autodetector asks whether something was renamed."""

    def ask_rename(self, *args: Any) -> bool:
        return True

    def ask_rename_model(self, *args: Any) -> bool:
        return True


class Project:
    """The models of one app over time, and a database that is migrated along."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.states = [self.state_of(lambda: None)]
        self.migrations: list[Migration] = []

    def state_of(self, define: Callable[[], Any]) -> ProjectState:
        self._monkeypatch.setattr(registry, "_event_models", {})
        self._monkeypatch.setattr(pgtrigger.registry._registry, "data", {})
        with isolate_apps("tests.tracked", "pghistory") as apps:
            apps.register_model("pghistory", Context)
            define()
            return ProjectState.from_apps(apps)

    def migrate(self, define: Callable[[], Any]) -> None:
        """Forwards to other models."""
        state = self.state_of(define)
        detector = Command.autodetector(self.states[-1], state, EveryRename(specified_apps={APP}))
        (migration,) = detector._detect_changes()[APP]
        self._apply(migration)

    def migrate_back(self) -> None:
        """Backwards by one migration."""
        self.states.pop()
        with connection.schema_editor() as editor:
            self.migrations.pop().unapply(self.states[-1].clone(), editor)

    def _apply(self, migration: Migration) -> None:
        with connection.schema_editor() as editor:
            self.states.append(migration.apply(self.states[-1].clone(), editor))
        self.migrations.append(migration)


@pytest.fixture
def project(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    names = set(vars(module()))
    yield Project(monkeypatch)
    for name in set(vars(module())) - names:
        delattr(module(), name)


def module() -> ModuleType:
    """Where the models live while a test needs them."""
    return sys.modules[__name__]


def thing(name: str, *labels: str, table: str = "", event_model: str | None = None) -> Callable[[], Any]:
    """Defines a tracked model of this name, which stores events under "insert", "update" and these labels."""

    def define() -> None:
        meta = type("Meta", (), {"app_label": APP, **({"db_table": table} if table else {})})
        body = {"__module__": __name__, "Meta": meta, "text": models.TextField()}
        trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), *map(pghistory.DeleteEvent, labels))
        vars(module()).pop(event_model or f"{name}Event", None)
        pghistory.track(*trackers, model_name=event_model)(type(name, (models.Model,), body))

    return define


def triggers(table: str) -> list[str]:
    """The names of the triggers of a table without the hash at their end."""
    with connection.cursor() as cursor:
        cursor.execute("select left(tgname, -6) from pg_trigger where tgrelid = %s::regclass order by 1", [table])
        return [name.removeprefix("pgtrigger_") for (name,) in cursor.fetchall()]


def write(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {table} (text) values ('a')")
        cursor.execute(f"update {table} set text = 'b'")
        cursor.execute(f"delete from {table}")


def stored(event_table: str) -> list[str]:
    """The labels of all events, which are removed."""
    with connection.cursor() as cursor:
        cursor.execute(f"with gone as (delete from {event_table} returning *) select * from gone order by pgh_id")
        names = [column.name for column in cursor.description]
        return [row[names.index("pgh_label")] for row in cursor.fetchall()]


BOTH = ["insert_insert", "update_update"]


def test_a_renamed_model_has_exactly_one_set_of_triggers_and_writes_work(project: Project):
    project.migrate(thing("Thing"))
    project.migrate(thing("Matter"))
    assert triggers("tracked_matter") == BOTH
    write("tracked_matter")
    assert stored("tracked_matterevent") == ["insert", "update"]


def test_the_name_may_be_taken_back_by_a_further_migration(project: Project):
    project.migrate(thing("Thing"))
    project.migrate(thing("Matter"))
    project.migrate(thing("Thing"))
    assert triggers("tracked_thing") == BOTH
    write("tracked_thing")
    assert stored("tracked_thingevent") == ["insert", "update"]


def test_the_name_may_be_taken_back_by_migrating_backwards(project: Project):
    project.migrate(thing("Thing"))
    project.migrate(thing("Matter"))
    project.migrate_back()
    assert triggers("tracked_thing") == BOTH
    write("tracked_thing")
    assert stored("tracked_thingevent") == ["insert", "update"]
    project.migrate(thing("Matter"))
    assert triggers("tracked_matter") == BOTH


def test_events_are_stored_once_where_only_the_tracked_model_is_renamed(project: Project):
    project.migrate(thing("Thing", event_model="History"))
    project.migrate(thing("Matter", event_model="History"))
    assert triggers("tracked_matter") == BOTH
    write("tracked_matter")
    assert stored("tracked_history") == ["insert", "update"]
    project.migrate_back()
    write("tracked_thing")
    assert stored("tracked_history") == ["insert", "update"]


def test_a_tracker_may_go_or_come_with_the_renaming(project: Project):
    project.migrate(thing("Thing", "gone"))
    project.migrate(thing("Matter"))
    assert triggers("tracked_matter") == BOTH
    project.migrate_back()
    assert triggers("tracked_thing") == ["gone_delete", *BOTH]
    project.migrate(thing("Matter", "away"))
    assert triggers("tracked_matter") == ["away_delete", *BOTH]
    write("tracked_matter")
    assert stored("tracked_matterevent") == ["insert", "update", "away"]


def test_a_table_may_get_another_name(project: Project):
    project.migrate(thing("Thing"))
    project.migrate(thing("Thing", table="matters"))
    assert triggers("matters") == BOTH
    write("matters")
    assert stored("tracked_thingevent") == ["insert", "update"]
    project.migrate_back()
    assert triggers("tracked_thing") == BOTH
    write("tracked_thing")
    assert stored("tracked_thingevent") == ["insert", "update"]


def test_triggers_that_an_older_package_left_behind_are_removed(project: Project):
    project.migrate(thing("Thing"))
    with connection.cursor() as cursor:
        cursor.execute("create function old() returns trigger language plpgsql as 'begin perform gone(); end'")
        cursor.execute(
            "create trigger pgtrigger_insert_insert_0abcd after insert on tracked_thing for each row "
            "execute function old()"
        )
        cursor.execute(
            "create trigger other after insert on tracked_thing for each row when (false) execute function old()"
        )
    project.migrate(thing("Matter"))
    assert triggers("tracked_matter") == sorted(["", *BOTH])
    write("tracked_matter")
    assert stored("tracked_matterevent") == ["insert", "update"]


def test_a_table_that_is_nowhere_is_an_error(project: Project):
    project.migrate(thing("Thing"))
    _, trigger = next(iter(pgtrigger.registry._registry.data.values()))
    model = project.states[-1].apps.get_model(APP, "thing")
    text = trigger.compile(model).install_sql.replace("tracked_thing", "tracked_nothing")
    with pytest.raises(Exception, match='relation "tracked_nothing" does not exist'), connection.cursor() as cursor:
        cursor.execute(text)

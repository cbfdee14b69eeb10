"""Django's own commands, on tables whose history is kept by triggers."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

import pghistory
from pghistory.management import sessions
from tests.tracked.models import AppendOnly, Everything


def setting(name: str, using: str = "default") -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("select coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])


def empty_events() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {AppendOnly.pgh_event_model._meta.db_table}")


@pytest.fixture
def fixture(tmp_path: Path) -> Path:
    rows = [
        {"model": "tracked.everything", "pk": 7, "fields": {"name": "loaded", "number": 1}},
        {
            "model": "tracked.everythingevent",
            "pk": 70,
            "fields": {
                "pgh_created_at": "2026-01-01T00:00:00Z",
                "pgh_label": "insert",
                "pgh_obj": 7,
                "id": 7,
                "name": "loaded",
                "number": 1,
            },
        },
    ]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows))
    return path


@pytest.mark.django_db(transaction=True)
def test_flush_empties_append_only_event_tables_too():
    AppendOnly.objects.create(name="a")
    with pytest.raises(DatabaseError, match="append-only"):
        empty_events()
    call_command("flush", interactive=False, verbosity=0)
    assert not AppendOnly.pgh_event_model.objects.exists()
    assert setting("pghistory.allow_truncate") == ""
    AppendOnly.objects.create(name="a")
    with pytest.raises(DatabaseError, match="append-only"):
        empty_events()


@pytest.mark.django_db(transaction=True)
def test_a_flush_that_fails_leaves_nothing_allowed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.core.management.commands.flush.sql_flush", lambda *args, **options: ["select 1/0"])
    with pytest.raises(CommandError, match="couldn't be flushed"):
        call_command("flush", interactive=False, verbosity=0)
    assert setting("pghistory.allow_truncate") == ""


@pytest.mark.django_db
def test_flush_works_within_a_transaction_and_keeps_what_the_session_had_set():
    AppendOnly.objects.create(name="a")
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    with transaction.atomic(), sessions.switched_on("pghistory.allow_truncate", using="default"):
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
        assert not AppendOnly.pgh_event_model.objects.exists()
        assert setting("pghistory.allow_truncate") == "on"
    assert setting("pghistory.allow_truncate") == ""


@pytest.mark.django_db
def test_rows_of_a_fixture_make_no_events(fixture: Path):
    with pghistory.context(reason="fixtures"):
        call_command("loaddata", str(fixture), verbosity=0)
    assert Everything.objects.get().name == "loaded"
    assert [event.pk for event in Everything.pgh_event_model.objects.all()] == [70]
    assert setting("pghistory.restoring") == ""
    Everything.objects.update(name="changed")
    assert [event.pgh_label for event in Everything.pgh_event_model.objects.order_by("pgh_id")] == ["insert", "update"]


@pytest.mark.django_db(transaction=True)
def test_a_pool_gets_a_connection_that_stores_events(fixture: Path):
    with CaptureQueriesContext(connection) as queries:
        call_command("loaddata", str(fixture), verbosity=0)
    settings = [query["sql"] for query in queries if "set_config" in query["sql"]]
    assert [sql.endswith("true)") or "true" in sql.lower() for sql in settings] == [True, True]
    assert setting("pghistory.restoring") == ""
    assert Everything.pgh_event_model.objects.count() == 1


@pytest.mark.django_db
def test_a_fixture_that_fails_leaves_events_on(fixture: Path):
    fixture.write_text('[{"model": "tracked.everything", "pk": "no number", "fields": {}}]')
    with pytest.raises(DeserializationError):
        call_command("loaddata", str(fixture), verbosity=0)
    assert setting("pghistory.restoring") == ""
    fixture.write_text(
        '[{"model": "tracked.everything", "pk": 1, "fields": {"name": "longer than sixteen characters"}}]'
    )
    with pytest.raises(DatabaseError):
        call_command("loaddata", str(fixture), verbosity=0)
    assert setting("pghistory.restoring") == ""
    Everything.objects.create(name="a")
    assert Everything.pgh_event_model.objects.count() == 1


@pytest.mark.django_db(databases=["default", "archive"])
def test_only_the_database_that_is_loaded_stores_no_events(fixture: Path):
    call_command("loaddata", str(fixture), database="archive", verbosity=0)
    assert Everything.pgh_event_model.objects.using("archive").count() == 1
    assert not Everything.pgh_event_model.objects.exists()


def test_other_databases_have_no_such_settings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    with sessions.switched_on("pghistory.restoring", using="default"):
        pass


@pytest.mark.parametrize("name", ["flush", "loaddata"])
def test_help_is_one_sentence(name: str):
    command: Any = __import__(f"pghistory.management.commands.{name}", fromlist=["Command"]).Command
    assert command.help.count(".") == 1

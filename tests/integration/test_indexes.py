"""`manage.py pghistory indexes`: what the settings ask for is made once, by the command or by a migration."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, models, transaction

from pghistory.indexes import ReadIndex
from pghistory.models import Context
from tests.tracked.models import Everything

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = Everything.pgh_event_model
BY_OBJECT, BY_TIME, DELETIONS = (str(index.name) for index in EVENTS._meta.indexes)
ACTOR = "pghistory_context_actor"


def run(**options: Any) -> list[str]:
    """The lines that the command prints."""
    out = io.StringIO()
    call_command("pghistory", "indexes", stdout=out, **options)
    return out.getvalue().splitlines()


def there(name: str, using: str = "default") -> bool | None:
    """Whether the index of this name is valid; None when there is none."""
    with connections[using].cursor() as cursor:
        cursor.execute("select indisvalid from pg_index where indexrelid = to_regclass(%s)", [name])
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def execute(statement: str, using: str = "default") -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def without_indexes() -> Iterator[None]:
    for name in (BY_OBJECT, BY_TIME, DELETIONS, ACTOR):
        execute(f"drop index {name}")
    yield
    run()
    assert there(BY_OBJECT)
    assert there(ACTOR)


def test_nothing_is_made_where_everything_is_there():
    assert run() == ["Every index is there."]


@pytest.mark.usefixtures("without_indexes")
@pytest.mark.parametrize("concurrently", [False, True])
def test_what_is_missing_is_made_and_named(concurrently: bool):
    word = " concurrently" * concurrently
    assert [line.lower().replace('"', "") for line in run(concurrently=concurrently)] == [
        f"create index{word} if not exists {BY_OBJECT} on tracked_everythingevent (pgh_obj_id, pgh_id desc);",
        f"create index{word} if not exists {BY_TIME} on tracked_everythingevent (pgh_created_at, pgh_id);",
        (
            f"create index{word} if not exists {DELETIONS} on tracked_everythingevent (pgh_created_at, pgh_id) "
            "where pgh_label in ('delete');"
        ),
        f"create index{word} if not exists {ACTOR}",
        "on pghistory_context ((metadata -> 'user'), id);",
    ]
    assert [there(name) for name in (BY_OBJECT, BY_TIME, DELETIONS, ACTOR)] == [True] * 4


@pytest.mark.usefixtures("without_indexes")
def test_a_dry_run_shows_the_sql_and_runs_none_of_it():
    with transaction.atomic():
        shown = run(dry_run=True, concurrently=True)
    assert len(shown) == 5
    assert there(BY_OBJECT) is None
    assert run(concurrently=True) == shown


@pytest.mark.usefixtures("without_indexes")
def test_others_write_while_indexes_are_built_concurrently():
    """And the build waits for them: a transaction that holds the table open ends it by its timeout."""
    writer = connections.create_connection("default")
    with writer.cursor() as cursor:
        writer.set_autocommit(False)
        cursor.execute("insert into tracked_everything (name, number) values ('a', 1)")
    execute("set lock_timeout = '200ms'")
    try:
        with pytest.raises(
            CommandError, match=r"tracked\.EverythingEvent: .*lock timeout.*goes on from here"
        ) as caught:
            run(concurrently=True)
        assert isinstance(caught.value.__cause__, DatabaseError)
        assert there(BY_OBJECT) is False
        with writer.cursor() as cursor:
            cursor.execute("insert into tracked_everything (name, number) values ('b', 1)")
        writer.commit()
    finally:
        writer.close()
        execute("reset lock_timeout")
    assert f"drop index concurrently {BY_OBJECT};" in run(concurrently=True)
    assert there(BY_OBJECT)
    assert list(EVENTS.objects.order_by("pgh_id").values_list("name", flat=True)) == ["a", "b"]


@pytest.mark.usefixtures("without_indexes")
def test_a_migration_makes_them_or_finds_them_there():
    first = EVENTS._meta.indexes[0]
    for _ in range(2):
        with connection.schema_editor() as editor:
            editor.add_index(EVENTS, first)
        assert there(BY_OBJECT)
    assert BY_OBJECT not in str(run())


@pytest.mark.usefixtures("without_indexes")
def test_a_migration_of_djangos_that_builds_concurrently_makes_them_or_finds_them_there():
    first = EVENTS._meta.indexes[0]
    for _ in range(2):
        with connection.schema_editor(atomic=False) as editor:
            add_index: Any = editor.add_index
            add_index(EVENTS, first, concurrently=True)
        assert there(BY_OBJECT)


@pytest.fixture
def without_an_index_of_contexts() -> Iterator[None]:
    """As where PGHISTORY_INDEXES has not named "context" before."""
    column = EVENTS._meta.get_field("pgh_context")
    with connection.schema_editor() as editor:
        [statement] = editor._field_indexes_sql(EVENTS, column)
        execute(f"drop index {statement.parts['name']}")
    yield
    execute(str(statement))


@pytest.mark.usefixtures("without_an_index_of_contexts")
def test_an_index_that_a_migration_would_have_to_build_is_told():
    err = io.StringIO()
    assert run(stderr=err) == ["Every index is there."]
    said = err.getvalue()
    assert "Django's own there: tracked.EverythingEvent. A migration that adds it locks" in said
    assert "PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)" in said


def test_nothing_is_told_where_every_context_is_indexed():
    err = io.StringIO()
    run(stderr=err)
    assert err.getvalue() == ""


@pytest.mark.usefixtures("without_indexes")
def test_the_actors_index_is_made_only_where_the_project_wants_it(settings: Any):
    settings.PGHISTORY_INDEXES = ("obj", "time")
    run()
    assert there(BY_OBJECT)
    assert there(ACTOR) is None


def test_an_index_of_another_kind_is_left_to_migrations():
    own = models.Index(fields=["name"], name="own_index")
    EVENTS._meta.indexes.append(own)
    try:
        assert run() == ["Every index is there."]
    finally:
        EVENTS._meta.indexes.remove(own)


@pytest.mark.django_db(transaction=True, databases=["default", "archive"])
def test_each_database_has_its_own():
    execute(f"drop index {BY_TIME}", using="archive")
    assert run() == ["Every index is there."]
    assert len(run(database="archive")) == 1
    assert there(BY_TIME, using="archive")


def test_a_table_that_is_not_there_yet_is_passed_by():
    execute("alter table tracked_everythingevent rename to elsewhere")
    try:
        assert run() == ["Every index is there."]
    finally:
        execute("alter table elsewhere rename to tracked_everythingevent")


def test_a_database_that_the_project_keeps_its_tables_out_of_is_passed_by(settings: Any):
    class Nowhere:
        def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
            return False

    execute(f"drop index {BY_TIME}")
    settings.DATABASE_ROUTERS = [Nowhere()]
    assert run() == ["Every index is there."]
    settings.DATABASE_ROUTERS = []
    assert len(run()) == 1


def test_a_concurrent_build_is_refused_inside_a_transaction():
    with transaction.atomic(), pytest.raises(CommandError, match="inside a transaction"):
        run(concurrently=True)


def test_only_postgresql_has_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    with pytest.raises(CommandError, match='"default" is no PostgreSQL'):
        run()


def test_read_indexes_stand_in_migrations_by_their_path():
    path, _, kwargs = EVENTS._meta.indexes[0].deconstruct()
    assert path == "pghistory.indexes.ReadIndex"
    assert kwargs == {"fields": ["pgh_obj", "-pgh_id"], "name": BY_OBJECT}
    assert all(isinstance(index, ReadIndex) for index in EVENTS._meta.indexes)
    assert not Context._meta.indexes


def test_the_command_asks_for_a_word_and_knows_its_words():
    with pytest.raises(CommandError, match="required: word"):
        call_command("pghistory")
    with pytest.raises(CommandError, match="invalid choice: 'nothing'"):
        call_command("pghistory", "nothing")

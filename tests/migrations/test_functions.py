"""Migrations of the app itself: SQL functions by version, and databases that another package has migrated."""

import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.writer import OperationWriter

import pghistory
from pghistory import operations
from pghistory.models import Context
from tests.tracked.models import Everything

SQUASHED = ("pghistory", "0001_squashed_0007_auto_20250421_0444")
NEWEST = ("pghistory", "0008_actor_label_and_attach_context")
REPLACED = [
    "0001_initial",
    "0002_aggregateevent",
    "0003_auto_20201023_1636",
    "0004_auto_20220906_1625",
    "0005_events_middlewareevents",
    "0006_delete_aggregateevent",
    "0007_auto_20250421_0444",
]


def released() -> set[tuple[str, int]]:
    """(name, version) of every file of an SQL function."""
    folder = resources.files("pghistory.sql") / "functions"
    found = [re.fullmatch(r"(.+)_v(\d+)\.sql", path.name) for path in folder.iterdir() if path.name.endswith(".sql")]
    return {(match[1], int(match[2])) for match in found if match}


def installing() -> list[tuple[tuple[str, str], operations.InstallFunction]]:
    migrations = MigrationLoader(None).disk_migrations
    return [
        (key, operation)
        for key, migration in sorted(migrations.items())
        if key[0] == "pghistory"
        for operation in migration.operations
        if isinstance(operation, operations.InstallFunction)
    ]


def body() -> str | None:
    """The text of the function as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = '_pgh_attach_context'")
        row = cursor.fetchone()
    return row[0] if row else None


def has_version(version: int) -> bool:
    text = body()
    return text is not None and text in operations.definition("_pgh_attach_context", version)


def switch() -> None:
    """Makes the recorder say what it says where the other package has migrated."""
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="pghistory").delete()
    for name in REPLACED:
        recorder.record_applied("pghistory", name)


def test_every_version_of_every_function_has_its_migration():
    versions = [(operation.name, operation.version) for _, operation in installing()]
    assert len(versions) == len(set(versions))
    assert set(versions) == released()


def test_versions_are_installed_in_their_order_and_the_latest_is_known():
    latest: dict[str, int] = {}
    for _, operation in installing():
        assert operation.version == latest.get(operation.name, 0) + 1
        latest[operation.name] = operation.version
    assert latest == operations.LATEST


@pytest.mark.django_db
def test_every_version_is_complete():
    for name, version in sorted(released()):
        with connection.cursor() as cursor:
            cursor.execute(operations.definition(name, version))
        assert has_version(version)


def test_a_version_that_was_never_released_is_refused():
    with pytest.raises(FileNotFoundError):
        operations.definition("_pgh_attach_context", 999)


def test_the_operation_can_be_written_into_a_migration():
    operation = operations.InstallFunction("_pgh_attach_context", 2)
    text, imports = OperationWriter(operation, indentation=0).serialize()
    assert text.split() == ["pghistory.operations.InstallFunction(", "name='_pgh_attach_context',", "version=2,", "),"]
    assert imports == {"import pghistory.operations"}
    assert operation.describe() == "Install version 2 of the SQL function _pgh_attach_context"
    assert operation.migration_name_fragment == "install_pgh_attach_context_v2"


@pytest.mark.django_db
def test_forwards_and_backwards():
    loader = MigrationLoader(connection)
    newest, squashed = loader.get_migration(*NEWEST), loader.get_migration(*SQUASHED)
    table = Context._meta.db_table

    def columns() -> set[str]:
        with connection.cursor() as cursor:
            return {column.name for column in connection.introspection.get_table_description(cursor, table)}

    before_squashed = loader.project_state(SQUASHED, at_end=False)
    before_newest = loader.project_state(NEWEST, at_end=False)
    assert has_version(2)
    with connection.schema_editor() as editor:
        newest.unapply(before_newest, editor)
    assert has_version(1)
    assert "actor_label" not in columns()
    with connection.schema_editor() as editor:
        squashed.unapply(before_squashed.clone(), editor)
    assert body() is None
    assert table not in connection.introspection.table_names()
    with connection.schema_editor() as editor:
        state = squashed.apply(before_squashed, editor)
        newest.apply(state, editor)
    assert has_version(2)
    assert "actor_label" in columns()


@pytest.mark.django_db
def test_rows_can_be_written_before_the_newest_migration_has_run():
    """As data migrations do that depend on one of the replaced names only."""
    loader = MigrationLoader(connection)
    with connection.schema_editor() as editor:
        loader.get_migration(*NEWEST).unapply(loader.project_state(NEWEST, at_end=False), editor)
    with pghistory.context(reason="seed", actor=None) as context:
        Everything.objects.create(name="a")
        pghistory.context(reason="seed again")
        Everything.objects.update(name="b")
    assert list(Context.objects.values_list("id", "metadata")) == [(context.id, {"reason": "seed again"})]
    assert set(Everything.pgh_event_model.objects.values_list("pgh_context_id", flat=True)) == {context.id}


def test_other_databases_get_no_function(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    operation = operations.InstallFunction("_pgh_attach_context", 1)
    editor: Any = type("Editor", (), {"connection": connection})()
    operation.database_forwards("pghistory", editor, None, None)  # type: ignore[arg-type]  # neither is looked at
    operation.database_backwards("pghistory", editor, None, None)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_switched_database_needs_the_newest_migration_only():
    MigrationRecorder(connection).migration_qs.all().delete()
    switch()
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan([NEWEST])
    assert [(migration.app_label, migration.name) for migration, _ in plan] == [NEWEST]


@pytest.mark.django_db
@pytest.mark.parametrize("name", REPLACED)
@pytest.mark.parametrize("switched", [False, True])
def test_migrations_of_projects_may_depend_on_any_replaced_name(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, switched: bool
):
    package = tmp_path / "migrations_of_a_project"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "0001_initial.py").write_text(
        "from django.db import migrations\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [('pghistory', {name!r})]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"tracked": "migrations_of_a_project"}
    if switched:
        switch()
    loader = MigrationLoader(connection)
    assert loader.graph.forwards_plan(("tracked", "0001_initial")) == [SQUASHED, ("tracked", "0001_initial")]


@pytest.mark.django_db
def test_functions_are_written_after_migrating_where_the_setting_asks_for_it(settings: Any):
    def migrate_again() -> None:
        with connection.cursor() as cursor:
            cursor.execute(operations.definition("_pgh_attach_context", 1))
        call_command("migrate", verbosity=0)

    migrate_again()
    assert has_version(1)
    settings.PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
    migrate_again()
    assert has_version(2)


@pytest.mark.django_db
def test_models_and_migrations_say_the_same():
    call_command("makemigrations", "pghistory", check=True, dry_run=True, verbosity=0)

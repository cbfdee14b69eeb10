"""`manage.py pghistory indexes`: read indexes for tables that are too big to be locked by a migration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from pghistory import changes, config, registry, sql
from pghistory.indexes import ReadIndex
from pghistory.management.subcommands import BaseSubcommand
from pghistory.models import Context

ACTOR = "pghistory_context_actor"

STATE = """
    select
        pg_index.indexrelid::regclass::text,
        pg_index.indisvalid
    from
        pg_index
        join pg_class on pg_class.oid = pg_index.indexrelid
    where
        pg_index.indrelid = to_regclass(%s)
        and pg_class.relname = %s
"""
"""The index of a name on a table: how the session names it, and whether its build came to an end."""


INDEXED = """
    select
        count(*)
    from
        pg_index
        join pg_attribute on pg_attribute.attrelid = pg_index.indrelid
            and pg_attribute.attnum = pg_index.indkey[0]
    where
        pg_index.indrelid = to_regclass(%s)
        and pg_attribute.attname = %s
"""
"""How many indexes of a table begin with a column."""

LOCKING = (
    "Without an index of `pgh_context`, which is Django's own there: {locking}. A migration that adds it locks these "
    "tables against writes while it is built. To have it built here, say first "
    "PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False), and run this again."
)


@dataclass(frozen=True)
class Wanted:
    """An index that the settings ask for, and the SQL that makes it."""

    model: type[models.Model]
    name: str
    statement: str


class Subcommand(BaseSubcommand):
    """Makes the indexes of PGHISTORY_INDEXES that a database does not have; migrations then find them there."""

    help: ClassVar[str] = (
        "Makes the read indexes that PGHISTORY_INDEXES names and the database does not have. Run it before the "
        "migrations that name them: these leave alone what is there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help='The database; "default" unless it is given.')
        parser.add_argument("--concurrently", action="store_true", help="Build them while others write; takes longer.")
        parser.add_argument("--dry-run", action="store_true", help="Show the SQL and run none of it.")

    def handle(self, *, database: str, concurrently: bool, dry_run: bool, **options: Any) -> None:
        connection = connections[database]
        if connection.vendor != "postgresql":
            raise CommandError(f'The database "{database}" is no PostgreSQL.')
        if concurrently and connection.in_atomic_block and not dry_run:
            raise CommandError("Indexes cannot be built concurrently inside a transaction.")
        made = 0
        for wanted in _wanted(connection, concurrently=concurrently):
            for text in _missing(connection, wanted, concurrently=concurrently):
                self.command.stdout.write(f"{text};")
                made += 1
                if not dry_run:
                    _execute(connection, text, wanted)
        if not made:
            self.command.stdout.write("Every index is there.")
        locking = ", ".join(event_model._meta.label for event_model in _to_be_locked(connection))
        if locking:
            self.command.stderr.write(LOCKING.format(locking=locking))


def _wanted(connection: BaseDatabaseWrapper, *, concurrently: bool) -> Iterator[Wanted]:
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for event_model in registry.event_models():
            for index in event_model._meta.indexes:
                if isinstance(index, ReadIndex) and _is_in(event_model, connection):
                    statement = str(index.bare_sql(event_model, editor, concurrently=concurrently))
                    yield Wanted(event_model, index.name, statement)
    if "actor" in config.indexes() and _is_in(Context, connection):
        statement = sql.read("indexes/context_actor.sql").strip().removesuffix(";")
        if concurrently:
            statement = statement.replace("create index", "create index concurrently", 1)
        yield Wanted(Context, ACTOR, statement)


def _to_be_locked(connection: BaseDatabaseWrapper) -> Iterator[type[models.Model]]:
    """The event models whose foreign key to the context declares an index that their table does not have."""
    for event_model in registry.event_models():
        context: Any = changes.column(event_model, "pgh_context")
        indexed = isinstance(context, models.ForeignKey) and bool(context.db_index)  # type: ignore[attr-defined]
        if indexed and _is_in(event_model, connection):
            with connection.cursor() as cursor:
                cursor.execute(INDEXED, [sql.name(event_model._meta.db_table), context.column])
                if cursor.fetchone() == (0,):
                    yield event_model


def _is_in(model: type[models.Model], connection: BaseDatabaseWrapper) -> bool:
    """Whether migrations of this database make the model's table, and have made it."""
    if not (model._meta.can_migrate(connection) and router.allow_migrate_model(connection.alias, model)):
        return False
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [sql.name(model._meta.db_table)])
        return bool(cursor.fetchone()[0])


def _missing(connection: BaseDatabaseWrapper, wanted: Wanted, *, concurrently: bool) -> list[str]:
    """The SQL that is still to be run; what a broken-off build has left is no use and in the way of the next."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [sql.name(wanted.model._meta.db_table), wanted.name])
        found = cursor.fetchone()
    if found is None:
        return [wanted.statement]
    name, is_valid = found
    return [] if is_valid else [f"drop index {'concurrently ' * concurrently}{name}", wanted.statement]


def _execute(connection: BaseDatabaseWrapper, text: str, wanted: Wanted) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
    except DatabaseError as error:
        raise CommandError(
            f"{wanted.model._meta.label}: {error} Run the command once more when that is settled: it goes on from here."
        ) from error

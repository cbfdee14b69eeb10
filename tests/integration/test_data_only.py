"""A dump with data only comes back as it was, into tables that have their triggers."""

import psycopg
import pytest
from django.db import connection

from tests.tracked.models import AppendOnly, Everything

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ("tracked_everything", "tracked_everythingevent", "tracked_appendonly", "tracked_appendonlyevent")


def dumped() -> dict[str, bytes]:
    """{table: its rows}, as `pg_dump --data-only` writes them."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"copy public.{table} to stdout") as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
    return rows


def restore(rows: dict[str, bytes]) -> None:
    """Reads a dump as psql does: without a search_path, table by table, in the order in which it was written."""
    with connection.cursor() as cursor:
        for table, text in rows.items():
            with cursor.copy(f"copy public.{table} from stdin") as copy:
                copy.write(text)


@pytest.fixture
def dump() -> dict[str, bytes]:
    """Rows with their history, which are gone again."""
    for model in (Everything, AppendOnly):
        made = model.objects.create(name="a")
        made.name = "b"
        made.save()
    found = dumped()
    assert all(found.values())
    with connection.cursor() as cursor:
        cursor.execute("set pghistory.allow_truncate = 'on'")
        cursor.execute(f"truncate {', '.join(TABLES)}")
        cursor.execute("reset pghistory.allow_truncate")
    assert not any(dumped().values())
    return found


def test_rows_and_events_come_back_and_no_event_is_added(dump: dict[str, bytes]):
    with connection.cursor() as cursor:
        cursor.execute("select set_config('search_path', '', false), set_config('pghistory.restoring', 'on', false)")
        restore(dump)
        assert dumped() == dump
        cursor.execute("reset search_path")
        cursor.execute("reset pghistory.restoring")
    Everything.objects.update(name="c")
    assert Everything.pgh_event_model.objects.filter(name="c").exists()


def test_without_the_setting_events_are_doubled_and_triggers_find_their_tables_all_the_same(dump: dict[str, bytes]):
    with connection.cursor() as cursor:
        cursor.execute("select set_config('search_path', '', false)")
        # Later in the order of a dump, so that the numbers of its events are taken.
        restore({table: dump[table] for table in ("tracked_everything",)})
        cursor.execute("reset search_path")
    assert Everything.pgh_event_model.objects.count() == 1


def test_the_setting_can_be_given_from_outside_as_the_document_says():
    url = connection.get_connection_params()
    url.pop("cursor_factory", None)
    url.pop("context", None)
    counts = []
    for options in ("-c pghistory.restoring=on", ""):
        with psycopg.connect(**{**url, "options": options}) as session:
            session.execute("insert into public.tracked_everything (name, number) values ('a', 1)")
            counts.append(session.execute("select count(*) from public.tracked_everythingevent").fetchone())
            session.rollback()
    assert counts == [(0,), (1,)]

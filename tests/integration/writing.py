"""Raw statements on the default connection, and what the events of `Everything` say about their contexts."""

from typing import Any

from django.db import connection

from tests.tracked.models import Everything

WRITER = """
    create or replace function pg_temp.writes_one(text) returns bigint language sql
    begin atomic insert into tracked_everything (name) values ($1) returning id; end
"""
"""A function that writes, for as long as the session lasts, and no longer."""


def run(statement: Any, params: Any = None) -> list[Any]:
    """The rows that the statement returns, if any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def metadata_of_events() -> list[Any]:
    """Each event's metadata, or None without a context, in the order of the events."""
    events = Everything.pgh_event_model.objects.order_by("pgh_id")
    return list(events.values_list("pgh_context__metadata", flat=True))

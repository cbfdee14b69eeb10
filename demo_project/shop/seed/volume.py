"""As many events as one likes, written set-based, so that the pages can be tried on a history of millions."""

from datetime import datetime
from pathlib import Path

import pgtrigger
from django.db import connection, transaction

from demo_project.shop.seed.past import event_models

STATEMENTS = Path(__file__).with_name("volume.sql")
EVENTS_OF_AN_ORDER = 10

WANTED = """
    create temporary table wanted as
    select %s::bigint as count, %s::timestamptz as start, %s::timestamptz as until
"""


@transaction.atomic
def fill_up(events: int, *, start: datetime, end: datetime) -> int:
    """Adds orders between two instants until there are about as many events; the number of events that were added.

    The shop must have its staff, its customers and a product already.
    """
    there = sum(model._default_manager.count() for model in event_models())
    orders = max(events - there, 0) // EVENTS_OF_AN_ORDER
    if not orders:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(WANTED, [orders, start, end])
        with pgtrigger.ignore():
            cursor.execute(STATEMENTS.read_text())
    return orders * EVENTS_OF_AN_ORDER

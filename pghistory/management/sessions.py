"""Settings of a database session that a command needs for its run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from psycopg.pq import TransactionStatus


@contextmanager
def switched_on(name: str, *, using: str) -> Iterator[None]:
    """Sets a setting to 'on' for the block, then back to what it was; only PostgreSQL has such settings.

    In a transaction it is set for that transaction only, so that no pool can hand it on.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting(%s, true), '')", [name])
        before = cursor.fetchone()[0]
    _set(name, "on", using=using)
    try:
        yield
    finally:
        # A transaction that has failed forgets the setting when it is rolled back.
        if connection.connection and connection.connection.info.transaction_status != TransactionStatus.INERROR:
            _set(name, before, using=using)


def _set(name: str, value: str, *, using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, %s)", [name, value, not connection.get_autocommit()])

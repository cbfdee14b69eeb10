"""A long history for the reads, the same for each package whose event tables have django-pghistory's columns."""

from __future__ import annotations

from django.db import connection

from bench.peers import by_hand


def fill(events: int) -> None:
    """That many events of items, and 0.9 times as many of other models; the tables must be empty."""
    with connection.cursor() as cursor:
        cursor.execute(by_hand.read("history.sql").format(events=events))

"""The reads that are timed, by the names of the table of results, each in up to three ways.

`timeline` is what this project's pages do, `events` the aggregate queryset that both packages have, `limit` the best
SQL by hand over the same tables. A read returns its number of rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.peers import by_hand

PAGE = 50
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
LONG_ITEM, ITEM, CATEGORY, USER = 1, 8, 5, 7


class Reads:
    """The reads of one peer over what `history.fill` has made."""

    def __init__(self, models: Any) -> None:
        self.models = models

    def call(self, what: str, how: str) -> Callable[[], int]:
        """A read that is ready to go."""
        return {"timeline": self._timeline, "events": self._events, "limit": self._limit}[how](what)

    def plan(self, what: str, how: str) -> dict[str, Any]:
        """Milliseconds of planning and of execution, and the plans, of every statement that the read sends."""
        call = self.call(what, how)
        with CaptureQueriesContext(connection) as sent:
            call()
        found: dict[str, Any] = {"planning": 0.0, "execution": 0.0, "plans": []}
        with connection.cursor() as cursor:
            for statement in (text for query in sent.captured_queries for text in query["sql"].split(";\n")):
                cursor.execute("explain (analyze, buffers, format json) " + statement.replace("%", "%%"), None)
                (plan,) = _decoded(cursor.fetchone()[0])
                found["planning"] += plan["Planning Time"]
                found["execution"] += plan["Execution Time"]
                found["plans"].append(plan["Plan"])
        return found

    def _middle(self) -> datetime:
        """Half-way through the history of items."""
        with connection.cursor() as cursor:
            cursor.execute("select max(pgh_id) / 2 from shop_itemevent")
            return BEGINNING + timedelta(seconds=cursor.fetchone()[0])

    def _timeline(self, what: str) -> Callable[[], int]:
        from pghistory.as_of import as_of  # noqa: PLC0415 - no other peer has it
        from pghistory.timeline import Timeline  # noqa: PLC0415 - nor this

        if what.startswith("A"):
            then = as_of(self.models.Item, self._middle())
            chosen = {
                "A1": then.filter(pk=ITEM),
                "A1k": then.filter(pk__in=range(2, 1002)),
                "Aall": then,
            }[what]
            return lambda: len(list(chosen.all()))
        everything = Timeline()
        if what == "R4":
            return lambda: everything.count().number
        narrowings: dict[str, Callable[[], tuple[Any, int]]] = {
            "R1": lambda: (everything.of(self.models.Item(pk=ITEM)), PAGE),
            "R1h": lambda: (everything.of(self.models.Item(pk=LONG_ITEM)), PAGE),
            "R2": lambda: (everything, PAGE),
            "R3": lambda: (everything.by(USER), PAGE),
            "R5": lambda: (everything.until(self._middle()), PAGE),
            "R7c": lambda: (everything.references(self.models.Category(pk=CATEGORY)), 1000),
        }
        narrowed, size = narrowings[what]()
        return lambda: len([(entry.changes, entry.context) for entry in narrowed.page(size).entries])

    def _events(self, what: str) -> Callable[[], int]:
        events = apps.get_model("pghistory", "Events").objects
        if what == "R4":
            return lambda: int(events.count())
        newest = ("-pgh_created_at", "-pgh_id")
        narrowings: dict[str, Callable[[], Any]] = {
            "R1": lambda: events.tracks(self.models.Item(pk=ITEM)).order_by("-pgh_id"),
            "R1h": lambda: events.tracks(self.models.Item(pk=LONG_ITEM)).order_by("-pgh_id")[:PAGE],
            "R2": lambda: events.order_by(*newest)[:PAGE],
            "R3": lambda: events.filter(pgh_context__user=USER).order_by(*newest)[:PAGE],
            "R5": lambda: events.filter(pgh_created_at__lt=self._middle()).order_by(*newest)[:PAGE],
            "R7c": lambda: events.references(self.models.Category(pk=CATEGORY)).order_by(*newest),
        }
        found = narrowings[what]()
        return lambda: len(list(found.all()))

    def _limit(self, what: str) -> Callable[[], int]:
        statement = by_hand.read(f"limit_{what.lower().removesuffix('h')}.sql")
        if what not in ("R1", "R1h", "R4") and not what.startswith("A"):
            statement = by_hand.read("limit_page.sql").replace("-- newest", statement)
        params = {
            "item": LONG_ITEM if what == "R1h" else ITEM,
            "category": CATEGORY,
            "user": str(USER),
            "until": self._middle() if what == "R5" else None,
            "at": self._middle() if what.startswith("A") else None,
        }
        return partial(_fetched, statement, params)


def _fetched(statement: str, params: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return len(_all(cursor))


def _all(cursor: Any) -> Sequence[Any]:
    return list(cursor.fetchall())


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value

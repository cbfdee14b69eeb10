"""`python -m bench.peers.worker`: does what it is told, a JSON object a line, and answers with one a line.

{"do": "prepare"}                      makes the tables and the triggers; the database must be empty
{"do": "fill"}                         the rows that the writes expect
{"do": "write", "what": "W1"}          {"cost": …} of one write; null where the peer keeps no history of it
{"do": "weigh", "what": "W3", "times": 1}    {"wal": bytes, "disk": bytes} of a write, repeated
{"do": "remember", "events": 100000}   a history of that many events of items, and 0.9 times as many of others
{"do": "read", "what": "R1", "how": "timeline"}    {"cost": …, "rows": …} of one read
{"do": "page", "what": "activity"}     {"cost": …, "bytes": …} of one page of the browser
{"do": "deed", "what": "undo", "how": "ours"}      {"cost": …} of one deed, ours or by hand
{"do": "memory", "what": "export"}     {"memory": MiB} of one deed
{"do": "plan", "what": "R1", "how": "timeline"}    {"planning": ms, "execution": ms, "plans": […]}
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.settings"

import django

django.setup()

from django.apps import apps  # noqa: E402 - models import only once apps are ready
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.peers import history  # noqa: E402
from bench.peers.costs import measured  # noqa: E402
from bench.peers.pages import Pages  # noqa: E402
from bench.peers.reads import Reads  # noqa: E402
from bench.peers.writes import WRITES, Writes  # noqa: E402

SIZES = """
    select
        coalesce(sum(pg_total_relation_size(oid)), 0)
    from
        pg_class
    where
        relkind = 'r'
        and relnamespace = 'public'::regnamespace
        and relname not in ('shop_item', 'shop_category', 'shop_supplier', 'shop_review')
"""


class Worker:
    """What one peer can be told to do."""

    def __init__(self) -> None:
        models = import_module(f"bench.peers.{os.environ['BENCH_PEER']}.models")
        self.habits = models.HABITS
        self.writes = Writes(models)
        self.reads = Reads(models)
        self._pages: Pages | None = None

    def prepare(self) -> dict[str, Any]:
        """Tables, triggers and the user whom contexts name."""
        # What has no migrations may refer to what has some.
        call_command("migrate", verbosity=0)
        call_command("migrate", run_syncdb=True, verbosity=0)
        if apps.is_installed("pgtrigger"):
            call_command("pgtrigger", "install", verbosity=0)
        if self.habits.sql:
            with connection.cursor() as cursor:
                cursor.execute(self.habits.sql)
        User.objects.create_superuser("bench")
        return {}

    def fill(self) -> dict[str, Any]:
        """The rows that the writes expect."""
        self.writes.fill()
        return self.tidy()

    def tidy(self) -> dict[str, Any]:
        """Clears away what updates have left, so that every round finds the same."""
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze shop_item")
        return {}

    def write(self, what: str) -> dict[str, Any]:
        """One of `WRITES`."""
        cost = WRITES[what](self.writes)
        return {"cost": cost and asdict(cost)}

    def weigh(self, what: str, times: int) -> dict[str, Any]:
        """Bytes of write-ahead log, and by which everything but the tracked tables has grown, after all repetitions."""
        before, start = self._value(SIZES), self._value("select pg_current_wal_insert_lsn()")
        for _ in range(times):
            if WRITES[what](self.writes) is None:
                return {"wal": None, "disk": None}
        wal = self._value("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", start)
        return {"wal": int(wal), "disk": int(self._value(SIZES) - before)}

    def remember(self, events: int) -> dict[str, Any]:
        """A long history, written by statements and not by triggers."""
        history.fill(events)
        return {}

    def read(self, what: str, how: str) -> dict[str, Any]:
        """One of the reads."""
        call = self.reads.call(what, how)
        with measured() as cost:
            rows = call()
        return {"cost": asdict(cost), "rows": rows}

    def page(self, what: str) -> dict[str, Any]:
        """One of `PAGES`, asked for by a signed-in person."""
        pages = self._pages = self._pages or Pages()
        with measured() as cost:
            size = pages.get(what)
        return {"cost": asdict(cost), "bytes": size}

    def deed(self, what: str, how: str) -> dict[str, Any]:
        """One of `Deeds`."""
        return {"cost": asdict(self._deeds().cost(what, how))}

    def grow(self) -> dict[str, Any]:
        """More items for the deeds that follow."""
        self._deeds().grow()
        return {}

    def memory(self, what: str) -> dict[str, Any]:
        """What one of `Deeds` takes."""
        return {"memory": self._deeds().memory(what)}

    def _deeds(self) -> Any:
        # Only this project can do them; other peers are without the modules.
        deeds = import_module("bench.peers.deeds")
        self._done = getattr(self, "_done", None) or deeds.Deeds(self.writes.item)
        return self._done

    def plan(self, what: str, how: str) -> dict[str, Any]:
        """What PostgreSQL says about the statements of a read."""
        return self.reads.plan(what, how)

    def _value(self, statement: str, *params: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchone()[0]


def main() -> None:
    """Until the input ends."""
    worker = Worker()
    answers, sys.stdout = sys.stdout, sys.stderr
    deeds: dict[str, Callable[..., dict[str, Any]]] = {
        name: getattr(worker, name)
        for name in (
            "prepare",
            "fill",
            "tidy",
            "write",
            "weigh",
            "remember",
            "read",
            "page",
            "deed",
            "grow",
            "memory",
            "plan",
        )
    }
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(deeds[order.pop("do")](**order)), file=answers, flush=True)


if __name__ == "__main__":
    main()

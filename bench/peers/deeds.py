"""What people do with a history, each beside the best SQL by hand over the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F

import pghistory
from bench.peers.costs import Cost, measured
from pghistory import backfill, export, jobs, restore
from pghistory.timeline import Timeline

BY_HAND = """
    insert into shop_itemevent (pgh_label, pgh_created_at, pgh_obj_id, pgh_context_id, {columns})
    select 'insert', now(), id, (select gen_random_uuid()), {columns} from shop_item
"""

MORE = """
    insert into shop_item (
        name, sku, price, quantity, status, description, is_active, created_at, updated_at, category_id
    )
    select
        name, sku || '-' || copy, price, quantity, status, description, is_active, created_at, updated_at, category_id
    from
        shop_item
        cross join generate_series(2, %s) as copy
"""
TIMES = 5


class Nowhere:
    """A file that forgets."""

    def write(self, data: bytes) -> int:
        """Nothing but the size."""
        return len(data)


class Deeds:
    """The deeds over the items that `Writes.fill` has made; all but `grow` leave as many items as there were."""

    def __init__(self, item: Any) -> None:
        self.item = item
        self.event = pghistory.registry.event_model(item, "insert")
        self._context: Any = None

    def cost(self, what: str, how: str) -> Cost:
        """What one of "undo", "backfill", "export", "job" and "names" costs, done by "ours" or by "hand"."""
        deed: Callable[[], Cost] = getattr(self, f"{what}_by_{how}")
        return deed()

    def grow(self) -> None:
        """Five times as many items: what backfills and exports are for are many rows."""
        with connection.cursor() as cursor:
            cursor.execute(MORE, [TIMES])

    def undo_by_hand(self) -> Cost:
        """The writes themselves that are to be undone afterwards."""
        self._tidy()
        with measured() as cost, pghistory.context(command="import") as context:
            self.item.objects.update(price=F("price") + 1)
        self._context = context.id
        return cost

    def undo_by_ours(self) -> Cost:
        """Applies what was previewed, of the newest context that `undo_by_hand` has made."""
        token = restore.undo(self._context).token
        self._tidy()
        with measured() as cost:
            restore.apply(token)
        return cost

    def backfill_by_hand(self) -> Cost:
        """The bare statement."""
        self._forget()
        columns = ", ".join(f'"{field.column}"' for field in self.item._meta.concrete_fields)
        with measured() as cost, connection.cursor() as cursor:
            cursor.execute(BY_HAND.format(columns=columns))
        return cost

    def backfill_by_ours(self) -> Cost:
        """All items, as `manage.py pghistory backfill` does it."""
        self._forget()
        with measured() as cost:
            backfill.run(self.item)
        return cost

    def export_by_hand(self) -> Cost:
        """The bare COPY of the same SELECT."""
        statement, params = self._copy()
        with measured() as cost, connection.cursor() as cursor, cursor.copy(statement, params) as copy:
            for _data in copy:
                pass
        return cost

    def export_by_ours(self) -> Cost:
        """Every event of the items."""
        with measured() as cost:
            export.write(Timeline().across(self.item), Nowhere())
        return cost

    def job_by_hand(self) -> Cost:
        """The bare COPY of the same SELECT, which goes nowhere."""
        return self.export_by_hand()

    def job_by_ours(self) -> Cost:
        """The job that the page orders, from its total to its file, of what `export.write` has."""
        return self._job(export.COLUMNS)

    def names_by_hand(self) -> Cost:
        """The same bare COPY, which knows no names."""
        return self.export_by_hand()

    def names_by_ours(self) -> Cost:
        """The job with all columns: of each object it is asked what it calls itself."""
        return self._job(export.cells.COLUMNS)

    def _job(self, columns: Sequence[str]) -> Cost:
        query = urlencode({"model": self.item._meta.label, "columns": columns}, doseq=True)
        arguments = {"query": query, "format": "csv", "site": "admin"}
        job = jobs.order("export", arguments, owner=User.objects.get(username="bench"))
        with measured() as cost:
            done = jobs.work(job.pk, using="default")
        if done.state != "done":
            raise RuntimeError(done.error)
        jobs.storage().delete(done.file)
        return cost

    def memory(self, what: str) -> float:
        """MiB that a deed needs at its height beyond what the process has before."""
        if what == "undo":
            self.undo_by_hand()
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
        self.cost(what, "ours")
        return (_status("VmHWM") - before) / 1024

    def _copy(self) -> Any:
        (rows,) = Timeline().across(self.item)._branches()
        return export.statement(rows, "default", export.Sheet("csv", export.COLUMNS))

    def _tidy(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze shop_item, shop_itemevent")

    def _forget(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("truncate shop_itemevent")
            cursor.execute("vacuum analyze shop_item")


def _status(name: str) -> int:
    """Kibibytes that the kernel tells of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{name}:")))

"""The writes that are timed, by the names of the table of results."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.peers.costs import Cost, measured
from bench.peers.habits import Habits

SINGLE = 100
"""Rows of a write one by one."""

BULK = 10_000
"""Rows of a write in bulk."""

MORE_ITEMS = """
    insert into shop_item (
        name, sku, price, quantity, status, description, is_active, created_at, updated_at, category_id
    )
    select
        name, 'MORE-' || sku, price, quantity, status, description, is_active, created_at, updated_at, category_id
    from
        shop_item
    where
        id <= %s
"""


class Writes:
    """The writes of one peer; every method leaves as many items as there were."""

    def __init__(self, models: Any) -> None:
        self.item = models.Item
        self.category = models.Category
        self.habits: Habits = models.HABITS

    def fill(self) -> None:
        """A category and BULK items, as every write expects them."""
        self.category.objects.create(name="Everything")
        self.item.objects.bulk_create(self.rows(BULK))

    def rows(self, count: int) -> list[Any]:
        """Unsaved items."""
        category = self.category.objects.get()
        stamp, now = time.monotonic_ns(), timezone.now()
        return [
            self.item(
                category=category,
                name=f"Item number {number} of {stamp}",
                sku=f"SKU-{stamp}-{number:08}",
                price=Decimal(number % 1000) + Decimal("0.99"),
                quantity=number % 50,
                description="A description of about sixty letters, as many shops have it.",
                created_at=now,
                updated_at=now,
            )
            for number in range(count)
        ]

    def create(self) -> Cost:
        """W1, one by one."""
        rows = self.rows(SINGLE)
        with measured() as cost:
            for row in rows:
                with self.habits.single():
                    row.save(force_insert=True)
        self._forget()
        return cost

    def save(self) -> Cost:
        """W2, of one field, one by one."""
        rows = self._some()
        with measured() as cost:
            for row in rows:
                with self.habits.single():
                    self._change(row)
        return cost

    def save_in_contexts(self) -> Cost:
        """W6a: one save a context, in autocommit."""
        rows = self._some()
        with measured() as cost:
            for row in rows:
                with self.habits.context():
                    self._change(row)
        return cost

    def save_in_a_context(self) -> Cost:
        """W6b: fifty saves a context, in autocommit."""
        halves = self._halves()
        with measured() as cost:
            for rows in halves:
                with self.habits.context():
                    for row in rows:
                        self._change(row)
        return cost

    def save_in_a_transaction(self) -> Cost:
        """W6c: fifty saves a context, in one transaction."""
        halves = self._halves()
        with measured() as cost:
            for rows in halves:
                with transaction.atomic(), self.habits.context():
                    for row in rows:
                        self._change(row)
        return cost

    def create_in_bulk(self) -> Cost | None:
        """W3: bulk_create() of 10,000."""
        if self.habits.create_in_bulk is None:
            return None
        rows = self.rows(BULK)
        with measured() as cost:
            self.habits.create_in_bulk(self.item, rows)
        self._forget()
        return cost

    def delete_in_bulk(self) -> Cost | None:
        """W5: delete() of 10,000, to which others may refer."""
        if not self.habits.deletes_in_bulk:
            return None
        rows = self._without_history()
        with measured() as cost:
            rows.delete()
        return cost

    def delete_at_once(self) -> Cost | None:
        """D10k: the same as one statement of SQL."""
        if not self.habits.sees_sql:
            return None
        rows = self._without_history()
        with measured() as cost:
            rows._raw_delete(rows.db)
        return cost

    def update_in_bulk(self) -> Cost | None:
        """W4: update() of 10,000, on a connection that has updated one row before."""
        self._change(self._some()[0])
        return self._update_in_bulk()

    def update_in_bulk_anew(self) -> Cost | None:
        """W4n: the same on a new connection."""
        connection.close()
        connection.ensure_connection()
        return self._update_in_bulk()

    def update_in_context(self) -> Cost | None:
        """S10k: update() of 10,000 in a context."""
        self._change(self._some()[0])
        with self.habits.context():
            return self._update_in_bulk()

    def _update_in_bulk(self) -> Cost | None:
        if self.habits.update_in_bulk is None:
            return None
        rows = self.item.objects.filter(pk__lte=BULK)
        with measured() as cost:
            self.habits.update_in_bulk(rows)
        return cost

    def _some(self) -> list[Any]:
        return list(self.item.objects.filter(pk__lte=SINGLE))

    def _halves(self) -> tuple[list[Any], list[Any]]:
        rows = self._some()
        return rows[: SINGLE // 2], rows[SINGLE // 2 :]

    def _change(self, row: Any) -> None:
        row.quantity += 1
        row.save(update_fields=["quantity"])

    def _without_history(self) -> Any:
        """BULK more items, of whose making no history knows."""
        with _silence() as cursor:
            cursor.execute(MORE_ITEMS, [BULK])
        return self.item.objects.filter(pk__gt=BULK)

    def _forget(self) -> None:
        """Takes away what is more than BULK items, without history."""
        with _silence() as cursor:
            cursor.execute("delete from shop_item where id > %s", [BULK])


@contextmanager
def _silence() -> Iterator[Any]:
    """No trigger fires in the block; it has a cursor."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("reset session_replication_role")


WRITES: dict[str, Callable[[Writes], Cost | None]] = {
    "W1": Writes.create,
    "W2": Writes.save,
    "W6a": Writes.save_in_contexts,
    "W6b": Writes.save_in_a_context,
    "W6c": Writes.save_in_a_transaction,
    "W3": Writes.create_in_bulk,
    "W5": Writes.delete_in_bulk,
    "D10k": Writes.delete_at_once,
    "W4": Writes.update_in_bulk,
    "W4n": Writes.update_in_bulk_anew,
    "S10k": Writes.update_in_context,
}
"""By name, in the order of the table."""

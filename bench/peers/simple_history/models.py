"""django-simple-history: signals, and functions of its own for what is done in bulk."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from bench.peers import goods
from bench.peers.habits import Habits


class Category(goods.Category):
    """A category."""

    history = HistoricalRecords()


class Supplier(goods.Supplier):
    """A supplier."""

    history = HistoricalRecords()


class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)
    history = HistoricalRecords()


class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)
    history = HistoricalRecords()


def _create_in_bulk(model: Any, rows: Sequence[Any]) -> None:
    bulk_create_with_history(rows, model)


def _update_in_bulk(rows: Any) -> None:
    changed = list(rows)
    for row in changed:
        row.quantity += 1
        row.updated_at = timezone.now()
    bulk_update_with_history(changed, Item, ["quantity", "updated_at"], batch_size=1000)


HABITS = Habits(create_in_bulk=_create_in_bulk, update_in_bulk=_update_in_bulk, sees_sql=False)

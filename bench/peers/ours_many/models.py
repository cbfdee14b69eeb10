"""This project, with 150 event models."""

from django.db import models

import pghistory
from bench.peers import goods
from bench.peers.habits import Habits

TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

MODELS = 150


@pghistory.track(*TRACKERS, level=pghistory.Row)
class Category(goods.Category):
    """A category."""


@pghistory.track(*TRACKERS, level=pghistory.Row)
class Supplier(goods.Supplier):
    """A supplier."""


@pghistory.track(*TRACKERS, level=pghistory.Row)
class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)


@pghistory.track(*TRACKERS, level=pghistory.Row)
class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)


def _thing(number: int) -> type[models.Model]:
    """One more tracked model."""
    thing = type(f"Thing{number}", (goods.Supplier,), {"__module__": __name__, "__doc__": "One of many."})
    return pghistory.track(*TRACKERS, level=pghistory.Row)(thing)


THINGS = tuple(_thing(number) for number in range(MODELS - 4))

HABITS = Habits(context=lambda: pghistory.context(user=1, url="/admin/shop/item/1/change/"))

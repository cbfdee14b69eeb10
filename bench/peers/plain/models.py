"""No history."""

from bench.peers import goods
from bench.peers.habits import Habits


class Category(goods.Category):
    """A category."""


class Supplier(goods.Supplier):
    """A supplier."""


class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)


class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)


HABITS = Habits()

"""The limit: triggers written by hand, one call a row, with the least of indexes."""

from bench.peers import by_hand, goods
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


HABITS = Habits(context=by_hand.context, sql=by_hand.read("raw_row.sql"))

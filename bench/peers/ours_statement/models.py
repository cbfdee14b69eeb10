"""This project, one trigger call a statement."""

import pghistory
from bench.peers import goods
from bench.peers.habits import Habits

TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())


@pghistory.track(*TRACKERS, level=pghistory.Statement)
class Category(goods.Category):
    """A category."""


@pghistory.track(*TRACKERS, level=pghistory.Statement)
class Supplier(goods.Supplier):
    """A supplier."""


@pghistory.track(*TRACKERS, level=pghistory.Statement)
class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)


@pghistory.track(*TRACKERS, level=pghistory.Statement)
class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)


HABITS = Habits(context=lambda: pghistory.context(user=1, url="/admin/shop/item/1/change/"))

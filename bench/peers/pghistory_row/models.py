"""django-pghistory, one trigger call a row."""

import pghistory
from bench.peers import goods
from bench.peers.habits import Habits


def trackers() -> list[pghistory.Tracker]:
    """Fresh ones for each model: two models may not share an instance."""
    return [pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()]


@pghistory.track(*trackers(), level=pghistory.Row)
class Category(goods.Category):
    """A category."""


@pghistory.track(*trackers(), level=pghistory.Row)
class Supplier(goods.Supplier):
    """A supplier."""


@pghistory.track(*trackers(), level=pghistory.Row)
class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)


@pghistory.track(*trackers(), level=pghistory.Row)
class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)


HABITS = Habits(context=lambda: pghistory.context(user=1, url="/admin/shop/item/1/change/"))

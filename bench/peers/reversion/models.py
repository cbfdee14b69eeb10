"""django-reversion: revisions around what is saved; what is done in bulk leaves no history."""

import reversion

from bench.peers import goods
from bench.peers.habits import Habits


@reversion.register()
class Category(goods.Category):
    """A category."""


@reversion.register()
class Supplier(goods.Supplier):
    """A supplier."""


@reversion.register()
class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)


@reversion.register()
class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)


HABITS = Habits(
    context=reversion.create_revision,
    single=reversion.create_revision,
    create_in_bulk=None,
    update_in_bulk=None,
    deletes_in_bulk=False,
    sees_sql=False,
)

"""django-auditlog: signals; what is done in bulk leaves no history."""

from auditlog.context import set_actor
from auditlog.registry import auditlog
from django.contrib.auth.models import User

from bench.peers import goods
from bench.peers.habits import Habits


@auditlog.register()
class Category(goods.Category):
    """A category."""


@auditlog.register()
class Supplier(goods.Supplier):
    """A supplier."""


@auditlog.register()
class Item(goods.Item):
    """An item."""

    category = goods.category_of(Category)


@auditlog.register()
class Review(goods.Review):
    """A review."""

    item = goods.item_of(Item)


HABITS = Habits(context=lambda: set_actor(User(pk=1)), create_in_bulk=None, update_in_bulk=None, sees_sql=False)

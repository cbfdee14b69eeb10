"""What the stories share: who works here, what is for sale, who buys."""

from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.models import User

from demo_project.shop.models import Category, Customer, Order, Product, Supplier, Tag
from demo_project.shop.seed.calendar import Calendar


@dataclass(kw_only=True)
class Shop:
    """The rows as the stories last saved them; the stories hand the same instances around."""

    seed: int
    calendar: Calendar
    staff: dict[str, User] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    to_ship: list[Order] = field(default_factory=list)

    def dice(self, story: str) -> Random:
        """Chance for one story alone, so that a change to it leaves the others as they are."""
        return Random(f"{self.seed}/{story}")

    def product(self, sku: str) -> Product:
        """The product on sale with this SKU."""
        return next(product for product in self.products if product.sku == sku)


def page(model: str, key: int) -> str:
    """Where the admin changes an object of the shop."""
    return f"/admin/shop/{model}/{key}/change/"

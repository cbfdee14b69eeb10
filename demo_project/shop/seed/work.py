"""Work for an afternoon: a range of products older than its tracking, and a price list that was imported wrongly."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction

import pghistory
from demo_project.accounts import AMIRA
from demo_project.shop.models import Product
from demo_project.shop.seed import past

STATEMENT = Path(__file__).with_name("work.sql")
WRONG = "0.01"
EDITED = 3
"""So many products of the price list are corrected by hand before anybody thinks of undoing it."""
LATER = timedelta(hours=3)


@transaction.atomic
def older_products(count: int) -> None:
    """Products that were there before anybody tracked them, so that no event tells of them."""
    # Each row would ask whether its trigger is to be ignored.
    with connection.cursor() as cursor:
        # A table with checks that are still to be made cannot be altered.
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table shop_product disable trigger user")
        _add("Part", count)
        cursor.execute("alter table shop_product enable trigger user")


@transaction.atomic
def wrong_import(count: int, at: datetime | None = None) -> uuid.UUID:
    """Products of a supplier whose price list was read with its columns shifted; gives the context of that.

    It is said to have happened `at` an instant, else now.
    """
    with pghistory.context(command="import_products", reason="Catalogue of the new supplier") as catalogue:
        _add("Listed part", count)
    listed = Product.objects.filter(name__startswith="Listed part")
    with pghistory.context(command="import_prices", reason="Price list of the new supplier") as context:
        listed.update(price=WRONG)
    with pghistory.context(actor=User.objects.get(username=AMIRA.username), url="/admin/shop/product/") as edits:
        Product.objects.filter(pk__in=list(listed.order_by("pk").values_list("pk", flat=True)[:EDITED])).update(price=7)
    if not at:
        return context.id
    times = {each.id: at + number * LATER for number, each in enumerate((catalogue, context, edits))}
    _, moved, _ = past.move_contexts(times)
    return moved


def _add(name: str, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.read_text(), [name, count])
        cursor.execute("analyze shop_product")

"""The whole history: every story, told together."""

from datetime import datetime

from django.db import connection, transaction

from demo_project.shop.models import Product
from demo_project.shop.seed import assortment, customers, past, people, scenes, throw, trade, writing
from demo_project.shop.seed.calendar import Calendar
from demo_project.shop.seed.shop import Shop
from pghistory.models import Context

DAYS_IN_A_MONTH = 30


def is_told() -> bool:
    """Whether there is a shop already."""
    return Product.objects.exists()


def tell(*, seed: int, months: int, now: datetime) -> Shop:
    """Write `months` of history that end at `now`; the same `seed` and `now` give the same rows and events."""
    shop = Shop(seed=seed, calendar=Calendar(now.replace(second=0, microsecond=0), months * DAYS_IN_A_MONTH))
    stories = [
        people.staff(shop),
        assortment.opening(shop),
        customers.registrations(shop),
        people.promotions(shop),
        assortment.weekly_imports(shop),
        assortment.edits(shop),
        assortment.reviews(shop),
        assortment.stocktaking(shop),
        *assortment.suppliers(shop),
        customers.changes(shop),
        customers.payments_in(shop),
        customers.forgotten(shop),
        *trade.orders(shop),
        trade.packing(shop),
        trade.parcels(shop),
        trade.mistakes(shop),
        *scenes.scenes(shop),
        throw.merino_throw(shop),
        people.petra_leaves(shop),
    ]
    writing.tell(stories, staff=shop.staff, until=shop.calendar.now)
    return shop


@transaction.atomic
def forget() -> None:
    """Empty the shop, the accounts and the whole history, with the keys beginning at 1 again.

    TRUNCATE, because deleting row by row would write a history of the deletion; the append-only event model lets it
    pass only where the session says so.
    """
    quote = connection.ops.quote_name
    tables = {Context._meta.db_table}
    for model in past.event_models():
        tables |= {model._meta.db_table, model.pgh_tracked_model._meta.db_table}
    with connection.cursor() as cursor:
        # TRUNCATE refuses to go before foreign keys that wait to be checked.
        cursor.execute("set constraints all immediate")
        cursor.execute("set local pghistory.allow_truncate = 'on'")
        cursor.execute(f"truncate {', '.join(map(quote, sorted(tables)))} restart identity cascade")


def analyze() -> int:
    """Tell the planner, and the pages that read its estimates, how much there is; the number of events."""
    with connection.cursor() as cursor:
        for table in (Context._meta.db_table, *(model._meta.db_table for model in past.event_models())):
            cursor.execute(f"analyze {connection.ops.quote_name(table)}")
    return sum(model._default_manager.count() for model in past.event_models())

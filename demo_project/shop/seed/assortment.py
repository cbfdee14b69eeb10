"""How the catalogue came to be and how it is kept: opening, price imports, stock, edits by hand."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pgtrigger
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from django.utils.text import slugify

import pghistory
from demo_project.shop.models import Category, Product, Supplier, Tag
from demo_project.shop.seed import catalogue
from demo_project.shop.seed.shop import Shop, page
from demo_project.shop.seed.writing import Moment, Story

STOCKTAKING = """
    update shop_product
    set stock = stock + 1, updated_at = %s
    where mod(stock, 7) = 3 and status <> 'draft'
"""


def opening(shop: Shop) -> Story:
    """Categories that are older than their tracking, then suppliers, tags and products, a few a day."""
    start = shop.calendar.start
    yield Moment(at=start + timedelta(hours=1))
    # Without triggers: these rows have no event of their insert, like any row that was there before `track`.
    with pgtrigger.ignore():
        for parent, names in catalogue.CATEGORIES.items():
            above = Category.objects.create(name=parent, slug=slugify(parent))
            for name in names:
                shop.categories[name] = Category.objects.create(name=name, slug=slugify(name), parent=above)
        for key, (name, iban) in catalogue.SUPPLIERS.items():
            shop.suppliers[key] = Supplier.objects.create(name=name, iban=iban)

    yield Moment(at=start + timedelta(hours=3), actor="petra", url="/admin/shop/tag/add/")
    for name in catalogue.TAGS:
        shop.tags[name] = Tag.objects.create(name=name)

    for number, article in enumerate(catalogue.ARTICLES):
        actor = ("petra", "tomas", "amira")[number // 4 % 3]
        yield Moment(at=start + timedelta(hours=4, minutes=9 * number), actor=actor, url="/admin/shop/product/add/")
        shop.products.append(_added(shop, article))


def weekly_imports(shop: Shop) -> Story:
    """Every week a supplier sends prices; one job, one statement, many events."""
    dice = shop.dice("imports")
    for number, at in enumerate(shop.calendar.every(7, "10:02", first=5)):
        supplier = list(catalogue.SUPPLIERS)[number % len(catalogue.SUPPLIERS)]
        file = f"{at.isocalendar().year}-W{at.isocalendar().week:02}.csv"
        yield Moment(
            at=at,
            actor="jonas",
            command=f"import_prices --supplier={supplier} --file={file}",
            reason="Weekly price import",
        )
        offered = [product for product in shop.products if product.supplier == shop.suppliers[supplier]]
        for product in offered:
            if dice.random() < 0.6:
                product.price = rounded(product.price * Decimal(dice.choice(("0.96", "1.02", "1.035", "1.05"))))
            if dice.random() < 0.5:
                product.stock += dice.choice((6, 12, 24))
            if dice.random() < 0.25:
                product.attributes = {**product.attributes, "batch": f"{at:%y%m}-{dice.randint(10, 99)}"}
            product.updated_at = at
        Product.objects.bulk_update(offered, ["price", "stock", "attributes", "updated_at"])


def edits(shop: Shop) -> Story:
    """What the staff changes by hand, on most days."""
    dice = shop.dice("edits")
    # Writes nothing: until the opening there is no product to choose.
    yield Moment(at=shop.calendar.start + timedelta(days=2))
    for at in shop.calendar.spread(dice, max(45, shop.calendar.days), first=4):
        actor = dice.choice(("amira", "tomas", "petra", "mara") if at < shop.calendar.at(2, "00:00") else ("amira",))
        product = dice.choice(shop.products)
        reason = dice.choice(("", "", "Seen in the weekly round", "Asked for by a customer"))
        yield Moment(at=at, actor=actor, url=page("product", product.pk), reason=reason)
        changed = _edited(shop, product, dice)
        logged(shop, actor, product, changed)


def reviews(shop: Shop) -> Story:
    """Events that no trigger can know of: somebody looked, photographed, or called a product back."""
    dice = shop.dice("reviews")
    for at in shop.calendar.spread(dice, max(6, shop.calendar.days // 5), first=4):
        yield Moment(
            at=at,
            actor=dice.choice(("amira", "tomas")),
            url="/admin/pghistory/events/record/",
            reason=dice.choice(("Margin of the range is kept", "Compared with two other shops", "Yearly review")),
        )
        pghistory.create_event(
            dice.choice(shop.products), label=dice.choice(("price_reviewed", "price_reviewed", "photographed"))
        )


def stocktaking(shop: Shop) -> Story:
    """Once a month the warehouse counts and types the result into psql: events without a context."""
    for at in shop.calendar.every(29, "18:30", first=12):
        yield Moment(at=at)
        with connection.cursor() as cursor:
            cursor.execute(STOCKTAKING, [at])
        for product in shop.products:
            product.refresh_from_db(fields=["stock", "updated_at"])


def suppliers(shop: Shop) -> Iterator[Story]:
    """Terms are agreed anew: with some suppliers both, with others one or none; and each is audited once."""
    for number, (key, discount) in enumerate({"nordvik": "3.50", "serra": "0", "holm": "2.00", "faria": "0"}.items()):
        yield _terms(shop, key, days_ago=130 - 17 * number, discount=Decimal(discount))


def logged(shop: Shop, actor: str, product: Product, *fields: str) -> None:
    """What the admin itself notes about a change, for the tab beside the timeline."""
    LogEntry.objects.create(
        user=shop.staff[actor],
        content_type=ContentType.objects.get_for_model(Product),
        object_id=str(product.pk),
        object_repr=str(product),
        action_flag=CHANGE,
        change_message=json.dumps([{"changed": {"fields": fields}}]),
        action_time=timezone.now(),
    )


def rounded(price: Decimal) -> Decimal:
    """To the next ten cents."""
    return (price * 10).quantize(Decimal(1), ROUND_HALF_UP) / 10


def _added(shop: Shop, article: catalogue.Article) -> Product:
    product = Product.objects.create(
        name=article.name,
        sku=article.sku,
        status=Product.Status.PUBLISHED,
        price=article.price,
        stock=article.stock,
        category=shop.categories[article.category],
        supplier=shop.suppliers[article.supplier],
        description=article.description,
        attributes=article.attributes,
        image=f"products/{slugify(article.name)}.jpg",
    )
    product.tags.add(*(shop.tags[name] for name in article.tags))
    return product


def _edited(shop: Shop, product: Product, dice: Random) -> str:
    """Changes one thing about the product; the name of the field."""
    sold_out = product.status == Product.Status.SOLD_OUT
    match 3 if sold_out and dice.random() < 0.5 else dice.randrange(6):
        case 0:
            changed = "price"
            product.price = rounded(product.price * Decimal(dice.choice(("0.9", "0.95", "1.1"))))
        case 1:
            changed = "description"
            product.description = f"{product.description.removesuffix(' Back in stock.')} Made to last.".replace(
                " Made to last. Made to last.", " Back in stock."
            )
        case 2:
            changed = "attributes"
            weight = int(product.attributes.get("weight_g", 100)) + dice.choice((-20, 10, 30))
            product.attributes = {**product.attributes, "weight_g": max(10, weight), "checked": dice.random() < 0.5}
        case 3:
            changed = "status"
            product.status = Product.Status.PUBLISHED if sold_out else Product.Status.SOLD_OUT
        case 4:
            changed = "tags"
            product.tags.remove(shop.tags["new"])
            product.tags.add(shop.tags[dice.choice(("sale", "gifts", "handmade"))])
        case _:
            changed = "image"
            product.image = f"products/{slugify(product.name)}-{dice.randint(2, 9)}.jpg"
    product.save()
    return changed


def _terms(shop: Shop, key: str, *, days_ago: int, discount: Decimal) -> Story:
    yield Moment(
        at=shop.calendar.scene(days_ago, "11:30"), actor="mara", url="/admin/shop/supplier/", reason="Yearly terms"
    )
    supplier = shop.suppliers[key]
    supplier.renewed_on = timezone.localdate()
    supplier.discount = discount
    supplier.payment_days = 45 if discount else 30
    supplier.save()
    yield Moment(
        at=shop.calendar.scene(days_ago - 40, "13:00"),
        actor="tomas",
        url="/admin/pghistory/events/record/",
        reason="Visited the workshop: wages, water, dyes",
    )
    pghistory.create_event(supplier, label="audited")

"""Single days worth looking at: mistakes put right, things that are gone, and values made to break a page."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pghistory
from demo_project.shop.models import Category, Customer, Order, Product
from demo_project.shop.seed.assortment import logged, rounded
from demo_project.shop.seed.customers import registered
from demo_project.shop.seed.shop import Shop, page
from demo_project.shop.seed.trade import LAST_NUMBER, cancel, place
from demo_project.shop.seed.writing import Moment, Story

HOSTILE_NAME = '<script>alert(1)</script> 100% "quoted"'
LONG_NAME = "Hand-knotted hallway runner “Stormmoln”, undyed Gotland wool on a jute backing, 80 × 320 cm, made to order"
MANUAL_SIZE = 1_048_576


def scenes(shop: Shop) -> Iterator[Story]:
    """All of them; they overlap in time and do not know of one another."""
    yield hostile_customer(shop)
    yield typing_mistake(shop)
    yield duplicate(shop)
    yield recall(shop)
    yield long_manual(shop)
    yield runner(shop)
    yield tag_for_campaign(shop)
    yield blankets_merged(shop)
    yield imported_today(shop)
    yield cancelled_today(shop)


def hostile_customer(shop: Shop) -> Story:
    """A name that every page must show and no page may run."""
    dice = shop.dice("hostile")
    yield Moment(at=shop.calendar.scene(40, "23:58"), url="/account/register/?next=%2F%3Cscript%3E")
    customer = registered(dice, 950, name=HOSTILE_NAME)
    yield Moment(at=shop.calendar.scene(22, "00:07"), url="/account/")
    customer.email = "old@example.com"
    customer.save()
    yield Moment(at=shop.calendar.minutes_ago(339))
    Customer.objects.filter(pk=customer.pk).update(email="alert@example.com")


def typing_mistake(shop: Shop) -> Story:
    """A price typed wrong at the end of a day, put right the next morning."""
    yield Moment(at=shop.calendar.at(2, "17:55"), actor="petra", url="/admin/shop/product/")
    board = shop.product("BO-OAK-038")
    price, stock = board.price, board.stock
    board.price, board.stock = Decimal("12.00"), 0
    board.save()
    yield Moment(
        at=shop.calendar.at(1, "16:47"),
        actor="tomas",
        url=page("product", board.pk),
        reason="Price was typed as 12.00 by mistake",
    )
    board.price, board.stock = price, stock
    board.save()
    logged(shop, "tomas", board, "Price", "Stock")


def duplicate(shop: Shop) -> Story:
    """Products that were entered twice are deleted with their tags."""
    for number, days in enumerate((160, 88, 9)):
        at = shop.calendar.scene(days, "15:12")
        yield Moment(at=at, actor="tomas", url="/admin/shop/product/add/")
        original = shop.products[number * 11]
        twin = Product.objects.create(
            name=f"{original.name} (duplicate)",
            sku=f"{original.sku}-2",
            price=original.price,
            category=original.category,
            supplier=original.supplier,
            attributes=original.attributes,
        )
        twin.tags.add(shop.tags["new"], shop.tags["gifts"])
        yield Moment(
            at=at + timedelta(minutes=33),
            actor="amira",
            url=f"/admin/shop/product/{twin.pk}/delete/",
            reason="Entered twice",
        )
        twin.delete()


def recall(shop: Shop) -> Story:
    """The teapot's handle comes off: recalled by hand, taken off sale, back again with a new batch."""
    yield Moment(
        at=shop.calendar.scene(52, "08:20"),
        actor="mara",
        url="/admin/pghistory/events/record/",
        reason="Handles of batch 2608 come off when hot",
    )
    teapot = shop.product("ST-TEA-080")
    pghistory.create_event(teapot, label="recalled")
    yield Moment(at=shop.calendar.scene(52, "08:26"), actor="mara", url=page("product", teapot.pk))
    teapot.status, teapot.stock = Product.Status.SOLD_OUT, 0
    teapot.save()
    yield Moment(at=shop.calendar.scene(37, "12:00"), actor="amira", url=page("product", teapot.pk))
    teapot.status, teapot.stock = Product.Status.PUBLISHED, 20
    teapot.attributes = {**teapot.attributes, "batch": "2610", "handle": None}
    teapot.save()


def long_manual(shop: Shop) -> Story:
    """A manual of one megabyte, edited in three places."""
    yield Moment(at=shop.calendar.scene(30, "04:00"), command="import_manuals --file=loom.txt", reason="New manuals")
    loom = shop.product("WK-LOO-060")
    step = "Step {:05}: tie the warp to the back beam, even and not too tight, and count the threads twice.\n"
    manual = "".join(step.format(number) for number in range(MANUAL_SIZE // len(step.format(0)) + 1))[:MANUAL_SIZE]
    loom.care_manual = manual
    loom.save()
    yield Moment(at=shop.calendar.scene(9, "10:44"), actor="amira", url=page("product", loom.pk))
    for step_number in ("00011", "04500", "09000"):
        manual = manual.replace(f"Step {step_number}: tie the warp", f"Step {step_number}: tie the washed warp")
    loom.care_manual = manual
    loom.save()
    logged(shop, "amira", loom, "Care manual")


def runner(shop: Shop) -> Story:
    """A name as long as a sentence."""
    yield Moment(at=shop.calendar.scene(61, "09:31"), actor="amira", url="/admin/shop/product/")
    stormmoln = shop.product("RU-STO-080")
    stormmoln.name = LONG_NAME
    stormmoln.save()


def tag_for_campaign(shop: Shop) -> Story:
    """A tag is renamed (an event) and its note rewritten (none, for notes are not tracked)."""
    yield Moment(at=shop.calendar.scene(48, "13:37"), actor="mara", url="/admin/shop/tag/")
    tag = shop.tags["sale"]
    tag.note = "Only with the owner's consent."
    tag.save()
    tag.name = "last-pieces"
    tag.save()


def blankets_merged(shop: Shop) -> Story:
    """Two categories become one; the emptied one is deleted after its last product has moved."""
    yield Moment(at=shop.calendar.scene(110, "10:10"), actor="mara", url="/admin/shop/category/add/")
    shop.categories["Seasonal"] = Category.objects.create(name="Seasonal", slug="seasonal")
    yield Moment(at=shop.calendar.scene(109, "10:12"), actor="mara", url="/admin/shop/category/")
    shop.categories["Seasonal"].name = "Seasonal & gifts"
    shop.categories["Seasonal"].save()
    blankets = shop.categories["Blankets"]
    yield Moment(
        at=shop.calendar.at(3, "11:15"),
        actor="mara",
        url="/admin/shop/product/",
        reason="One category for everything to lie under",
    )
    for product in shop.products:
        if product.category_id == blankets.pk:
            product.category = shop.categories["Throws & blankets"]
            product.save()
    yield Moment(at=shop.calendar.minutes_ago(9), actor="mara", url=f"/admin/shop/category/{blankets.pk}/delete/")
    blankets.delete()


def imported_today(shop: Shop) -> Story:
    """This week's prices: one job, one statement, everything that two suppliers sell."""
    at = shop.calendar.minutes_ago(46)
    file = f"{at.isocalendar().year}-W{at.isocalendar().week:02}.csv"
    yield Moment(
        at=at, actor="jonas", command=f"import_prices --supplier=nordvik --file={file}", reason="Weekly price import"
    )
    offered = [product for product in shop.products if product.supplier == shop.suppliers["nordvik"]]
    for product in offered:
        product.price = rounded(product.price * Decimal("1.04"))
        product.attributes = {**product.attributes, "price_list": file.removesuffix(".csv")}
        product.updated_at = at
    Product.objects.bulk_update(offered, ["price", "attributes", "updated_at"])


def cancelled_today(shop: Shop) -> Story:
    """An order of yesterday that its customer takes back by telephone."""
    yesterday = shop.calendar.at(1, "19:20")
    yield Moment(at=yesterday, url="/checkout/")
    order = Order(
        number=f"{yesterday.year}-{LAST_NUMBER}",
        customer=shop.customers[3],
        placed_at=yesterday,
        note="Deliver to the side entrance. Ring twice, the bell is faint.",
    )
    place(order, [shop.product("ST-JUG-120"), shop.product("BL-LAM-140")], shop.dice("cancelled"))
    yield Moment(at=shop.calendar.at(1, "20:02"), command=f"collect_payments --order={order.number}")
    order.status = Order.Status.PAID
    order.save()
    yield Moment(
        at=shop.calendar.minutes_ago(204),
        actor="amira",
        url=page("order", order.pk),
        reason="Customer cancelled by telephone",
    )
    cancel(order, "Cancelled by telephone")

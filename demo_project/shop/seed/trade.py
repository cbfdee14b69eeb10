"""Orders from checkout to door, the jobs that pay, pack and follow them, and what goes wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import QuerySet
from django.utils import timezone

import pghistory
from demo_project.shop.models import Account, Order, OrderLine, Product, Refund, Shipment
from demo_project.shop.seed.customers import book
from demo_project.shop.seed.shop import Shop, page
from demo_project.shop.seed.writing import Moment, Story

LAST_NUMBER = 10482
CARRIERS = ("Nordpost", "Kurier Süd", "ParcelWise")
TROUBLES = (
    "Customer cancelled by telephone",
    "Ordered twice by mistake",
    "Cannot be delivered before the holidays",
    "Card payment was withdrawn by the bank",
)


def orders(shop: Shop) -> Iterator[Story]:
    """Some five orders in four days, each a story of its own."""
    instants = shop.calendar.spread(shop.dice("orders"), shop.calendar.days * 5 // 4, first=5)
    for number, at in enumerate(instants, start=LAST_NUMBER - len(instants)):
        yield order(shop, number, at)


def order(shop: Shop, number: int, at: datetime) -> Story:
    """Checkout, payment, then a person takes it up, or cancels it."""
    dice = shop.dice(f"order {number}")
    yield Moment(at=at, url="/checkout/")
    bought = Order(number=f"{at.year}-{number}", customer=dice.choice(shop.customers), placed_at=at)
    if dice.random() < 0.2:
        bought.note = "Deliver to the side entrance. Ring twice, the bell is faint."
    place(bought, dice.sample(_for_sale(shop), k=dice.choice((1, 1, 2, 2, 3, 4))), dice)

    at += timedelta(minutes=dice.randint(2, 50))
    yield Moment(at=at, command=f"collect_payments --order={bought.number}")
    bought.status = Order.Status.PAID
    bought.save()
    if Account.objects.get(customer=bought.customer).balance >= bought.total:
        book(bought.customer, -bought.total)
    _take_from_stock(shop, bought.lines.all())

    clerk = dice.choice(("amira", "amira", "tomas", "jonas"))
    at += timedelta(hours=dice.randint(3, 30))
    fate = dice.random()
    reason = dice.choice(TROUBLES) if fate < 0.09 else ""
    yield Moment(at=at, actor=clerk, url=page("order", bought.pk), reason=reason)
    if reason:
        cancel(bought, reason)
    else:
        bought.status = Order.Status.PROCESSING
        bought.save()
        shop.to_ship.append(bought)
    if 0.09 < fate < 0.15:
        yield Moment(
            at=at + timedelta(minutes=40), actor=clerk, url=page("order", bought.pk), reason="One more of each"
        )
        for line in bought.lines.all():
            line.total += line.total / line.quantity
            line.quantity += 1
            line.save()
            bought.total += line.total / line.quantity
        bought.note = f"{bought.note} Gift wrapping, no invoice in the parcel.".strip()
        bought.save()


def place(bought: Order, products: list[Product], dice: Random) -> None:
    """Insert an order with its total, and then all of its lines with one statement."""
    lines = []
    for product in products:
        quantity = dice.choice((1, 1, 1, 2, 2, 4)) if product.price < 100 else 1
        total = quantity * product.price
        lines.append(OrderLine(order=bought, product=product, title=product.name, quantity=quantity, total=total))
    bought.total = sum((line.total for line in lines), Decimal(0))
    bought.save()
    OrderLine.objects.bulk_create(lines)


def cancel(bought: Order, reason: str) -> None:
    """Take the lines out, say why, and record that the money is wanted back."""
    bought.status = Order.Status.CANCELLED
    bought.cancelled_at = timezone.now()
    bought.note = f"{bought.note.removesuffix('Ring twice, the bell is faint.')}{reason}; refund to the original card."
    bought.save()
    bought.lines.all().delete()
    pghistory.create_event(bought, label="refund_requested")
    Refund.objects.create(order=bought, amount=bought.total, reason=reason)


def packing(shop: Shop) -> Story:
    """Every evening a job hands what is ready to a carrier."""
    dice = shop.dice("packing")
    for at in shop.calendar.every(1, "18:40", first=6):
        carrier = dice.choice(CARRIERS)
        yield Moment(at=at, actor="jonas", command=f"ship_orders --carrier={carrier.replace(' ', '-')}")
        shipments = []
        for number, ready in enumerate(shop.to_ship):
            ready.status = Order.Status.SHIPPED
            code = f"{carrier[:2].upper()}{at:%y%m%d}{number:03}{dice.randint(100, 999)}"
            shipments.append(Shipment(order=ready, carrier=carrier, tracking_code=code))
        Order.objects.bulk_update(shop.to_ship, ["status"])
        Shipment.objects.bulk_create(shipments)
        shop.to_ship.clear()


def parcels(shop: Shop) -> Story:
    """Every morning a job asks the carriers: scans change nothing that counts, arrivals and delays do."""
    dice = shop.dice("parcels")
    for at in shop.calendar.every(1, "07:20", first=7):
        yield Moment(at=at, command="track_parcels --all", reason="Nightly report of the carriers")
        Shipment.objects.exclude(state__in=("delivered", "returned")).update(scanned_at=at)
        arrived = []
        for shipment in Shipment.objects.filter(state__in=("on_the_way", "delayed")).order_by("pk"):
            chance = dice.random()
            if chance < 0.55:
                arrived.append(shipment)
            elif chance < 0.62 and shipment.state == Shipment.State.ON_THE_WAY:
                shipment.state = Shipment.State.DELAYED
                shipment.save()
            elif chance < 0.64:
                shipment.state = Shipment.State.RETURNED
                shipment.save()
                pghistory.create_event(shipment.order, label="refund_requested")
                Refund.objects.create(order=shipment.order, amount=shipment.order.total, reason="Came back unopened")
        Order.objects.filter(shipments__in=arrived).update(status=Order.Status.COMPLETED)
        Shipment.objects.filter(pk__in=[shipment.pk for shipment in arrived]).update(state=Shipment.State.DELIVERED)


def mistakes(shop: Shop) -> Story:
    """Orders that were made to try something, and are deleted again with everything below them."""
    dice = shop.dice("mistakes")
    for number, days in enumerate((140, 66, 12)):
        at = shop.calendar.scene(days, "14:05")
        yield Moment(at=at, actor="amira", url="/admin/shop/order/add/", reason="Trying the new checkout")
        trial = Order(number=f"TRIAL-{number + 1}", customer=shop.customers[number], placed_at=at)
        place(trial, dice.sample(_for_sale(shop), k=3), dice)
        yield Moment(
            at=at + timedelta(minutes=26),
            actor="amira",
            url=f"/admin/shop/order/{trial.pk}/delete/",
            reason="Trial order, not real",
        )
        trial.delete()


def _for_sale(shop: Shop) -> list[Product]:
    return [product for product in shop.products if product.status == Product.Status.PUBLISHED]


def _take_from_stock(shop: Shop, lines: QuerySet[OrderLine]) -> None:
    quantities = dict(lines.values_list("product", "quantity"))
    taken = [product for product in shop.products if product.pk in quantities]
    for product in taken:
        product.stock = max(0, product.stock - quantities[product.pk])
        product.updated_at = timezone.now()
    Product.objects.bulk_update(taken, ["stock", "updated_at"])

"""Those who buy: they register, move, write from new addresses, pay in, and some ask to be forgotten."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from django.db.models import F
from django.utils import timezone

from demo_project.shop.models import Account, Address, Customer
from demo_project.shop.seed.shop import Shop
from demo_project.shop.seed.writing import Moment, Story

FIRST_NAMES = (
    "Aino Bastien Carla Dmitri Elif Farid Greta Hanna Ines Jakub Katja Leon Mina Noor Oskar Pilar Quentin Rosa Samuel "
    "Thea Uwe Vera Wanda Ximena Yusuf Zoé"
).split()
LAST_NAMES = (
    "Albrecht Bergström Castellano Dubois Eriksen Fontaine Grabowski Hoffmann Ivanova Janssen Kowalski Lefèvre Moreau "
    "Nilsson Olsen Pereira Rossi Schmidt Toivonen Urbina Virtanen Wagner"
).split()
STREETS = "Lindenallee,Rua das Flores,Storgatan,Via Roma,Quai de la Loire,Nieuwegracht,Calle Mayor,Aleksanterinkatu"
CITIES = "Leipzig,Porto,Uppsala,Torino,Nantes,Utrecht,Murcia,Turku"


def registrations(shop: Shop) -> Story:
    """Forty on the first day, taken over by a job; the others one by one at the shop's door."""
    dice = shop.dice("registrations")
    yield Moment(
        at=shop.calendar.start + timedelta(hours=2),
        command="import_customers --file=customers-2025.csv",
        reason="Moved from the old shop",
    )
    shop.customers += [registered(dice, number) for number in range(40)]
    for number, at in enumerate(shop.calendar.spread(dice, shop.calendar.days // 6, first=2), start=40):
        yield Moment(at=at, url="/account/register/")
        shop.customers.append(registered(dice, number))


def registered(dice: Random, number: int, name: str = "") -> Customer:
    """A customer with an address and an empty account."""
    name = name or f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}"
    customer = Customer.objects.create(
        name=name,
        email=f"customer{number}@example.com",
        phone=f"+49 30 {dice.randint(100000, 999999)}" if dice.random() < 0.6 else "",
        newsletter=dice.random() < 0.3,
        unsubscribe_token=f"{dice.getrandbits(64):016x}",
        since=timezone.localdate(),
    )
    street, postcode, city = _place(dice)
    Address.objects.create(customer=customer, street=street, postcode=postcode, city=city)
    Account.objects.create(customer=customer, balance=dice.choice((0, 50, 120, 250)))
    return customer


def changes(shop: Shop) -> Story:
    """What customers change of their own accord."""
    dice = shop.dice("customer changes")
    for at in shop.calendar.spread(dice, max(40, shop.calendar.days), first=3):
        yield Moment(at=at, url="/account/")
        customer = dice.choice(shop.customers)
        address = customer.addresses.get()
        match dice.randrange(8):
            case 0 | 1:
                customer.email = f"{customer.name.split()[0].lower()}{dice.randint(10, 99999)}@example.net"
                customer.save()
            case 2:
                customer.phone = f"+49 30 {dice.randint(100000, 999999)}"
                customer.save()
            case 3:
                customer.newsletter = not customer.newsletter
                customer.save()
            case 4 | 5:
                address.street, address.postcode, address.city = _place(dice)
                address.save()
            case 6:
                address.street = f"{address.street.rstrip('abc')}{dice.choice('abc')}"
                address.save()
            case _:
                address.confirmed_on = timezone.localdate()
                address.save()


def payments_in(shop: Shop) -> Story:
    """Gift cards and transfers fill the accounts; a job books them once a week."""
    dice = shop.dice("payments in")
    for number, at in enumerate(shop.calendar.every(7, "06:15", first=4)):
        yield Moment(at=at, command=f"book_transfers --batch={number + 1:03}", reason="Weekly bank statement")
        for customer in dice.sample(shop.customers, k=10):
            book(customer, Decimal(dice.choice((25, 50, 100, 150))))


def book(customer: Customer, amount: Decimal) -> None:
    """Add an amount, negative for a payment, to the customer's account as the database holds it now."""
    Account.objects.filter(customer=customer).update(balance=F("balance") + amount)


def forgotten(shop: Shop) -> Story:
    """Three people register, buy nothing, and ask to be erased; the job that does it says for which request."""
    dice = shop.dice("forgotten")
    for number, days in enumerate((120, 71, 16)):
        yield Moment(at=shop.calendar.scene(days + 40, "20:11"), url="/account/register/")
        customer = registered(dice, 900 + number)
        yield Moment(
            at=shop.calendar.scene(days, "03:00"),
            command=f"erase_customer --request=DSR-{217 + number * 14}",
            reason="Asked to be forgotten",
        )
        customer.delete()


def _place(dice: Random) -> tuple[str, str, str]:
    where = dice.randrange(8)
    street, city = STREETS.split(",")[where], CITIES.split(",")[where]
    return f"{street} {dice.randint(1, 180)}", f"{dice.randint(10000, 99999)}", city

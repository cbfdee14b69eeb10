"""A day in the bookshop, written so that it means the same to both packages."""

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from django.db.models import F
from django.http import HttpRequest, HttpResponse

import pghistory
from pghistory.middleware import HistoryMiddleware
from tests.switching.bookshop.models import fields, keys, options, trackers

NOON = datetime.datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=datetime.UTC)


def write(day: int) -> None:
    """Writes rows of every model; the values that must be unique are those of the day."""
    user = User.objects.create_user(f"ada{day}", first_name="Ada")
    in_fields(day, user)
    in_keys(day)
    in_trackers(day, user)
    in_conditions()
    in_statements()
    in_options(day)
    in_contexts(day, user)


def in_fields(day: int, user: User) -> None:
    with pghistory.context(part="fields", user=user.pk):
        shelf, other = (fields.Shelf.objects.create(code=f"{letter}{day}") for letter in "ab")
        words = fields.Words.objects.create(
            title=f"Émile {day}",
            text="1st \"line\"\n%s 'quoted' \\",
            slug="emile",
            plain_slug="emile",
            url="https://example.com/?a=%20",
            mail="a@example.com",
            path="/tmp/x",
            address="127.0.0.1",
        )
        words.text = "2nd"
        words.short = "s"
        words.save()
        fields.Words.objects.filter(pk=words.pk).update(note="", sort="b")
        words.delete()

        numbers = fields.Numbers.objects.create(
            small=-1,
            whole=day,
            big=-(2**60),
            small_positive=1,
            positive=2,
            big_positive=2**60,
            price=Decimal("9.90"),
            weight=0.1,
        )
        fields.Numbers.objects.update(price=F("price") * 2, sold=True, known=False)
        numbers.delete()

        times = fields.Times.objects.create(
            day=NOON.date(), clock=NOON.time(), lasting=datetime.timedelta(days=-1, microseconds=5)
        )
        times.moment = NOON
        times.save()
        times.delete()

        structures = fields.Structures.objects.create(
            number=uuid.UUID(int=day),
            data={"a": [1, None, {"b": "é%"}], "at": NOON},
            cover=b"\x00\xff'",
            file=f"files/{day}",
            tags=["a", 'b"c', ","],
            pages=NumericRange(1, 5),
            lent=DateRange(NOON.date(), None),
        )
        fields.Structures.objects.update(
            data=[], open=DateTimeTZRange(None, NOON, "(]"), pages=NumericRange(empty=True), width=7
        )
        structures.refresh_from_db()
        structures.delete()

        relations = fields.Relations.objects.create(
            shelf=shelf, plain=other, by_code=shelf, unique=shelf, only=shelf, user=user
        )
        relations.many.add(shelf, other)
        relations.maybe = other
        relations.parent = relations
        relations.by_code = other
        relations.save()
        fields.Relations.objects.update(parent=None)
        relations.delete()


def in_keys(day: int) -> None:
    with pghistory.context(part="keys"):
        keys.SmallKey.objects.create()
        plain = keys.PlainKey.objects.create(name="one")
        universal = keys.UniversalKey.objects.create(id=uuid.UUID(int=100 + day), plain=plain)
        keys.WordKey.objects.create(code=f"é'{day}")
        keys.OtherKey.objects.create(plain=plain, universal=universal)
        keys.OtherKey.objects.update(universal=None)
        child = keys.Child.objects.create(first=1, second=2)
        child.second = 3
        child.save()
        child.first = 4
        child.save()
        child.delete()
        keys.odd_name.objects.create(camelCase=1)


def in_trackers(day: int, user: User) -> None:
    with pghistory.context(part="trackers", url="/books/?q=%"):
        book = trackers.Book.objects.create(title="one")
        book.title = "two"
        book.save()
        book.save()
        trackers.Book.objects.bulk_create(trackers.Book(title=f"{day}.{number}") for number in range(3))
        trackers.Book.objects.filter(title=f"{day}.1").update(stock=F("stock") + 1)
        pghistory.create_event(book, label="counted")
        trackers.Book.objects.filter(title=f"{day}.2").delete()

        model: Any
        for model in (trackers.Price, trackers.Discount):
            priced = model.objects.create(amount=1)
            priced.amount = 2
            priced.save()
            priced.delete()

        customer = trackers.Customer.objects.create(name="Ada", email="a@example.com")
        customer.email = "b@example.com"
        customer.save()
        customer.name = "Grace"
        customer.save()
        pghistory.create_event(customer, label="greeted")

        user.first_name = "Grace"
        user.save()
        user.set_password("secret")
        user.save()
        group = Group.objects.create(name=f"staff{day}")
        user.groups.add(group)
        user.groups.remove(group)


def in_conditions() -> None:
    row = trackers.Conditional.objects.create(title="a", stock=1)
    trackers.Conditional.objects.filter(pk=row.pk).update(stock=0)
    trackers.Conditional.objects.filter(pk=row.pk).update(title=None)
    trackers.Conditional.objects.filter(pk=row.pk).update(title="b", stock=5)
    trackers.Conditional.objects.filter(pk=row.pk).update(hidden={"a": 1})
    trackers.Conditional.objects.filter(pk=row.pk).update(stock=F("stock"))
    row.refresh_from_db()
    row.save()
    row.delete()


def in_statements() -> None:
    model: Any
    for model in (trackers.Pamphlet, trackers.Leaflet):
        names = [field.name for field in model._meta.local_concrete_fields]
        values = {"title": "t"} if "title" in names else {}
        with pghistory.context(part="statements", model=model.__name__):
            made = model.objects.bulk_create([model(copies=copies, **values) for copies in (1, 2, 3)])
            rows = model.objects.filter(pk__in=[row.pk for row in made])
            rows.filter(copies__gt=1).update(copies=F("copies") - 1)
        rows.filter(copies=1).update(copies=F("copies"))
        rows.filter(copies=2).delete()


def in_options(day: int) -> None:
    model: Any
    for model in (options.Unlinked, options.Contextless, options.OwnContext, options.OnlyContext, options.Kept):
        with pghistory.context(part="options", model=model.__name__):
            row = model.objects.create(text="a")
        model.objects.filter(pk=row.pk).update(text="b")
    options.Sale.objects.create(amount=3)
    order = options.Order.objects.create(amount=3, code=f"c{day}")
    options.Order.objects.filter(pk=order.pk).update(amount=4)
    options.Order.objects.filter(pk=order.pk).update(secret="s")
    options.Return.objects.create(amount=3).delete()


def in_contexts(day: int, user: User) -> None:
    book = trackers.Book.objects.create(title="outside")
    with pghistory.context(reason="outer"):
        book.title = "a"
        book.save()
        with pghistory.context(nested=[1, "é%'", None]):
            book.title = "b"
            book.save()
            options.OwnContext.objects.create(text="nested")
        with transaction.atomic():
            pghistory.context(late=True)
            book.title = "c"
            book.save()
        with connection.cursor() as cursor:
            cursor.execute(f"update {trackers.Book._meta.db_table} set stock = %s where id = %s", [7, book.pk])
    trackers.Book.objects.filter(pk=book.pk).update(stock=8)
    try:
        with transaction.atomic(), pghistory.context(reason="rolled back"):
            trackers.Book.objects.filter(pk=book.pk).update(stock=9)
            raise KeyError
    except KeyError:
        pass
    for method in ("POST", "HEAD"):
        by_request(method, user, lambda: trackers.Book.objects.filter(pk=book.pk).update(stock=F("stock") + 1))


def by_request(method: str, user: User, write: Callable[[], object]) -> None:
    """Does what a view would do, behind the middleware."""

    def view(request: HttpRequest) -> HttpResponse:
        write()
        return HttpResponse()

    request = HttpRequest()
    request.method = method
    request.path = "/stock/"
    request.user = user
    HistoryMiddleware(view)(request)

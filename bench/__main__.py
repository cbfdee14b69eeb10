"""`make bench`: a table of writes (tracked against untracked) and of reads, on the demo's own models.

Rounds are interleaved, so that whatever else the machine does falls on both sides; medians are shown.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from statistics import median

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_project.settings")
django.setup()

import pghistory  # noqa: E402 - models import only once apps are ready
from demo_project.shop.models import Category  # noqa: E402
from pghistory.timeline import Timeline  # noqa: E402

ROUNDS = 7
SINGLE_ROWS = 200
BULK_ROWS = 5_000
LONG_HISTORY = 2_000


def categories(count: int, prefix: str) -> list[Category]:
    """Unsaved rows with names that no other round uses."""
    stamp = time.monotonic_ns()
    return [Category(name=f"{prefix} {stamp} {n}", slug=f"{prefix}-{stamp}-{n}") for n in range(count)]


def create_one_by_one() -> None:
    """200 rows by save()."""
    for row in categories(SINGLE_ROWS, "single"):
        row.save()


def create_in_context() -> None:
    """200 rows by save(), each in a context of its own."""
    for row in categories(SINGLE_ROWS, "context"):
        with pghistory.context(reason="bench", url="/admin/shop/category/add/"):
            row.save()


def create_in_bulk() -> None:
    """5,000 rows by bulk_create()."""
    Category.objects.bulk_create(categories(BULK_ROWS, "bulk"))


def update_in_bulk() -> None:
    """5,000 rows by update()."""
    keys = Category.objects.order_by("pk").values("pk")[:BULK_ROWS]
    Category.objects.filter(pk__in=keys).update(name=Concat(Value(f"{time.monotonic_ns()} "), F("slug")))


@contextmanager
def untracked() -> Iterator[None]:
    """Switch the triggers of the table off for the length of the block."""
    table = connection.ops.quote_name(Category._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} disable trigger user")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"alter table {table} enable trigger user")


def seconds(work: Callable[[], object]) -> float:
    """The time that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_writes() -> None:
    """Print what tracking adds to each kind of write."""
    print(f"{'writes':<46}{'plain ms':>10}{'tracked ms':>12}{'ratio':>8}")
    for work in (create_one_by_one, create_in_context, create_in_bulk, update_in_bulk):
        plain: list[float] = []
        tracked: list[float] = []
        for turn in range(ROUNDS):
            # The table grows with every round: neither side always goes first.
            for is_tracked in (turn % 2 == 0, turn % 2 == 1):
                with nullcontext() if is_tracked else untracked():
                    (tracked if is_tracked else plain).append(seconds(work))
        ratio = median(tracked) / median(plain)
        name = (work.__doc__ or "").rstrip(".")
        print(f"{name:<46}{median(plain) * 1000:>10.1f}{median(tracked) * 1000:>12.1f}{ratio:>8.2f}")


def measure_reads() -> None:
    """Print how long the pages of a long history take."""
    (row,) = categories(1, "long")
    with transaction.atomic():
        row.save()
        for number in range(LONG_HISTORY):
            Category.objects.filter(pk=row.pk).update(name=f"{row.slug} {number}")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    everything, one = Timeline(), Timeline().of(row)
    reads: dict[str, Callable[[], object]] = {
        "newest 50 of everything": lambda: everything.page(50),
        f"newest 50 of an object with {LONG_HISTORY:,} events": lambda: one.page(50),
        "count of everything, up to 10,000": everything.count,
    }
    print(f"\n{'reads':<46}{'ms':>10}")
    for name, read in reads.items():
        read()
        print(f"{name:<46}{median(seconds(read) for _ in range(ROUNDS)) * 1000:>10.1f}")


def main() -> None:
    """Measure on the database that DATABASE_URL names, which must be empty."""
    call_command("migrate", verbosity=0)
    if Category.objects.exists():
        sys.exit("This database is in use. Run `make bench` without DATABASE_URL, or on an empty database.")
    measure_writes()
    measure_reads()


if __name__ == "__main__":
    main()

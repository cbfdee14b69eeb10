"""Give the demo something to do: rows to backfill, and an import to undo."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from demo_project.shop.models import Product
from demo_project.shop.seed import work

BEFORE = timedelta(days=33)
"""Its thousands of events are no part of the thirty days whose bars the pages draw."""


class Command(BaseCommand):
    """Adds both, once."""

    help = "Adds products without a history, to be backfilled, and a wrong import of prices, to be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=int, default=200_000, help="Products without a history.")
        parser.add_argument("--prices", type=int, default=5_000, help="Prices that the import changed.")

    def handle(self, *, products: int, prices: int, **options: Any) -> None:
        if Product.objects.filter(name="Part 1").exists():
            raise CommandError("The work is there already.")
        work.older_products(products)
        context = work.wrong_import(prices, timezone.now() - BEFORE)
        self.stdout.write(f"To be backfilled: {reverse('admin:pghistory_ui_backfill')}?model=shop.Product")
        self.stdout.write(f"To be undone: {reverse('admin:pghistory_ui_context', args=[context])}")

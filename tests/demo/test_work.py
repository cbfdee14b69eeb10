"""What the demo gives people to do: rows to backfill, and an import to undo."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from demo_project.shop.models import Product
from pghistory import backfill, restore
from pghistory.timeline import Timeline

pytestmark = [pytest.mark.django_db, pytest.mark.client_binding]


def test_the_demo_has_products_to_backfill_and_an_import_to_undo():
    call_command("seed_demo", months=1, verbosity=0, stdout=StringIO())
    out = StringIO()
    call_command("seed_work", products=30, prices=20, stdout=out)
    backfilled, undone = out.getvalue().split()[3::4]
    assert backfilled == "/admin/pghistory/events/backfill/?model=shop.Product"
    assert backfill.plan(Product).preview().writing == 30
    plan = restore.undo(undone.rstrip("/").rpartition("/")[2])
    assert (len(plan.writes), len(plan.conflicts)) == (17, 3)
    entries = Timeline().in_context(plan.intent.target).page(size=5).entries
    assert max(entry.at for entry in entries) < timezone.now() - timedelta(days=30)
    with pytest.raises(CommandError, match="there already"):
        call_command("seed_work")

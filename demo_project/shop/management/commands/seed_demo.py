"""Fill the demo with months of history."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo_project.accounts import ACCOUNTS
from demo_project.shop.seed import story, volume

UNTIL = timedelta(days=3)
"""The newest pages stay those of the story, and an order in bulk is at the door by now."""


class Command(BaseCommand):
    """Writes the shop's story once; a second run leaves it alone."""

    help = "Fill the demo with months of believable history, the same for the same seed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="Which story: any whole number. Default: 1.")
        parser.add_argument("--months", type=int, default=8, help="How far back it goes. Default: 8.")
        parser.add_argument("--events", type=int, default=0, help="Trade in bulk until there are as many events.")
        parser.add_argument(
            "--fresh", action="store_true", help="First empty the shop, all accounts and the whole history."
        )

    def handle(self, *, seed: int, months: int, fresh: bool, events: int, **options: Any) -> None:
        if not 1 <= months <= 60:
            raise CommandError(f"--months is {months}; it takes a number from 1 to 60.")
        if fresh:
            story.forget()
        started, now = time.monotonic(), timezone.now()
        if story.is_told():
            self.stdout.write("The demo is seeded already and left as it is; --fresh empties it and starts again.")
            if not events:
                return
        else:
            story.tell(seed=seed, months=months, now=now)
        if events:
            volume.fill_up(events, start=now - timedelta(days=story.DAYS_IN_A_MONTH * months), end=now - UNTIL)
        number = story.analyze()
        self.stdout.write(f"{number:,} events of {months} months, in {time.monotonic() - started:.0f} s. Log in as")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.username:8} {account.password:12} {account.description}")

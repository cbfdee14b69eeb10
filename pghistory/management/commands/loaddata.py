"""Django's `loaddata`, whose rows are history already."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.commands import loaddata

from pghistory.management import sessions


class Command(loaddata.Command):
    """Fixtures of tracked models come with their events, or without any: triggers add none."""

    help = "Installs the named fixture(s) in the database, without storing an event for each of their rows."

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        # Inside Django's own transaction: afterwards it gives the connection back, maybe to a pool.
        with sessions.switched_on("pghistory.restoring", using=self.using):
            super().loaddata(fixture_labels)

"""Django's `flush`, which may empty append-only event tables too."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush

from pghistory.management import sessions


class Command(flush.Command):
    """TransactionTestCase and live-server tests call it between tests."""

    help = "Removes all data from the database, also from append-only event tables."

    def handle(self, **options: Any) -> None:
        with sessions.switched_on("pghistory.allow_truncate", using=options["database"]):
            super().handle(**options)

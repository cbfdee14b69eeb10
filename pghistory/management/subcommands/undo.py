"""`manage.py pghistory undo`: everything that one context changed, back to how it was before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from pghistory import errors, restore
from pghistory.management.confirmation import add_arguments, confirmed, shown
from pghistory.management.subcommands import BaseSubcommand


class Subcommand(BaseSubcommand):
    """Shows what it takes, as the database did it and took it back, and does it when that is confirmed."""

    help: ClassVar[str] = (
        "Brings every row that a context (a request, a job) changed back to how it was before. What somebody edited "
        "since stays. Shows what that writes, and asks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("context", help="The context's id.")
        parser.add_argument(
            "--overwrite",
            action="append",
            default=[],
            metavar="CONFLICT",
            help='A conflict that is written over all the same, as "shop.ProductEvent:5:price"; may be repeated.',
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help='The database; "default" unless it is given.')
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = restore.undo(options["context"], overwrite=options["overwrite"], using=options["database"])
            counts = ((model._meta.label, operation, count) for (model, operation), count in plan.counts.items())
            for label, operation, count in sorted(counts):
                self.command.stdout.write(f"{label}: {operation} {count}")
            for revision in plan.conflicts:
                names = revision.conflicts if revision.span.base is not None else ("",)
                for name in names:
                    self.command.stdout.write(f"Edited since, stays: {revision.slug}:{name}")
            shown(self.command, plan)
            if confirmed(self.command, plan, options):
                done = restore.apply(plan, reason=options["reason"], command="pghistory undo")
                self.command.stdout.write(self.command.style.SUCCESS(f"Rows as they were before: {done.rows}"))
                for revision in done.left_out:
                    self.command.stderr.write(f"Left out: {revision.slug}: {revision.problem}")
        except errors.RestoreError as error:
            raise CommandError(str(error)) from error

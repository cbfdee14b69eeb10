"""What the words that write rows back have in common: what is shown of a plan, and the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pghistory.restore import Plan


def add_arguments(parser: CommandParser) -> None:
    """The options of a word that writes."""
    parser.add_argument("--reason", default="", help="Why; kept in the context of the new events.")
    parser.add_argument("--dry-run", action="store_true", help="Show it and write nothing.")
    parser.add_argument("--no-input", action="store_true", help="Do it without asking.")


def shown(command: BaseCommand, plan: Plan) -> None:
    """Writes what the history does not tell, what is left out, and how many events there would be."""
    for note in plan.notes:
        command.stdout.write(note)
    for revision in plan.left_out:
        command.stdout.write(f"Left out: {revision.slug}: {revision.problem}")
    sample = " (of a sample)" if plan.sampled else ""
    command.stdout.write(f"Rows: {len(plan.writes)}. Events: {plan.count}{sample}, written and rolled back just now.")


def confirmed(command: BaseCommand, plan: Plan, options: Mapping[str, Any]) -> bool:
    """Whether it is to be done; CommandError where there is nothing that could be."""
    if not plan.is_ready:
        raise CommandError(plan.problem)
    if options["dry_run"] or options["no_input"]:
        return not options["dry_run"]
    if input("Write this? [y/N] ").strip().lower() in ("y", "yes"):
        return True
    command.stdout.write("Nothing was written.")
    return False

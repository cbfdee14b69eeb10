"""`manage.py pghistory restore`: one object back to an event, or to an instant."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from pghistory import errors, registry, restore
from pghistory.management.confirmation import add_arguments, confirmed, shown
from pghistory.management.subcommands import BaseSubcommand
from pghistory.models import Event
from pghistory.restore import Plan


class Subcommand(BaseSubcommand):
    """Shows what it takes, as the database did it and took it back, and does it when that is confirmed."""

    help: ClassVar[str] = (
        "Brings the object of an event back to the row that the event keeps; a deleted one with what was deleted "
        "with it. Shows what that writes, and asks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_model", help='The event model, as "shop.ProductEvent".')
        parser.add_argument("event", help="The event's number.")
        parser.add_argument("--fields", help="Only these fields, by comma; also those that somebody edited since.")
        parser.add_argument("--at", help="How the object was at this instant, as 2026-11-23T10:00.")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help='The database; "default" unless it is given.')
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        event = _event(options["event_model"], options["event"], options["database"])
        fields = None if options["fields"] is None else [name.strip() for name in options["fields"].split(",")]
        try:
            plan = restore.plan(event, fields=fields, at=_instant(options["at"]), using=options["database"])
            for line in _lines(plan):
                self.command.stdout.write(line)
            shown(self.command, plan)
            if confirmed(self.command, plan, options):
                done = restore.apply(plan, reason=options["reason"], command="pghistory restore")
                self.command.stdout.write(self.command.style.SUCCESS(f"Rows restored: {done.rows}"))
        except errors.RestoreError as error:
            raise CommandError(str(error)) from error


def _lines(plan: Plan) -> list[str]:
    """The fields of the plan, one a line."""
    lines = []
    for choice in plan.choices:
        mark = "restored" if choice.chosen else choice.problem or "edited since, stays" if choice.conflict else "stays"
        lines.append(f"{choice.name}: {choice.base!s:.60} (then {choice.then!s:.60}, now {choice.now!s:.60}): {mark}")
    return lines


def _event(label: str, key: str, using: str) -> Event:
    found = registry.named(label)
    if found is None:
        raise CommandError(f'There is no event model "{label}".')
    try:
        event: Event = found._base_manager.using(using).get(pk=key)
    except (found.DoesNotExist, ValidationError, ValueError) as error:
        raise CommandError(f"{found._meta.label} has no event {key}.") from error
    return event


def _instant(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f'"{text}" is no instant. Write it as 2026-11-23T10:00.') from error
    return timezone.make_aware(at) if timezone.is_naive(at) else at

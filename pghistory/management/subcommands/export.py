"""`manage.py pghistory export`: events as a file of any size."""

from __future__ import annotations

import codecs
import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from django.apps import apps
from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.db import DatabaseError
from django.utils.connection import ConnectionDoesNotExist
from django.utils.dateparse import parse_date, parse_datetime

from pghistory import errors, export
from pghistory.management.progress import Bar
from pghistory.management.subcommands import BaseSubcommand
from pghistory.timeline import Timeline


class Subcommand(BaseSubcommand):
    """Narrows the timeline of everything by its arguments and writes what is left."""

    help: ClassVar[str] = "Writes events as CSV or JSON Lines, newest first, in constant memory."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("models", nargs="*", metavar="app.Model", help="Tracked models or event models, else all.")
        parser.add_argument("--output", default="-", help="The file; the standard output unless it is given.")
        parser.add_argument("--format", choices=export.FORMATS, help="What the file's name says, else csv.")
        parser.add_argument("--columns", default=",".join(export.COLUMNS), help="Which columns, separated by commas.")
        parser.add_argument("--label", action="append", help="Only events with this label; may be repeated.")
        parser.add_argument("--actor", help="Only events of the user with this key.")
        parser.add_argument("--since", type=_instant, help="Only events at or after an ISO date or time.")
        parser.add_argument("--until", type=_instant, help="Only events before an ISO date or time.")
        parser.add_argument("--database", help="The database; what the routers say unless it is given.")

    def handle(self, *args: Any, **options: Any) -> None:
        output = options["output"]
        file_format = options["format"] or ("jsonl" if output.endswith(".jsonl") else "csv")
        bar = Bar(self.command.stderr)
        try:
            timeline = _timeline(options)
            total = timeline.count(bound=10**12).number if bar.is_terminal and options["verbosity"] else 0
            with self._opened(output) as file:
                written = export.write(
                    timeline,
                    file,
                    file_format=file_format,
                    columns=options["columns"].split(","),
                    progress=(lambda done: bar.show(done, max(done, total))) if total else None,
                )
        except (errors.PghistoryError, ConnectionDoesNotExist, LookupError, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        if output != "-":
            self.command.stdout.write(f"{written:,} events written to {output}.")

    @contextlib.contextmanager
    def _opened(self, output: str) -> Iterator[export.Writable]:
        """The file, under its name only when it is whole, and gone when it is not."""
        if output == "-":
            yield getattr(self.command.stdout, "buffer", None) or Text(self.command.stdout)
            return
        unfinished = Path(f"{output}.part")
        try:
            with unfinished.open("wb") as file:
                yield file
            unfinished.rename(output)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


class Text:
    """An output without bytes, as code that calls the command may give."""

    def __init__(self, output: OutputWrapper) -> None:
        self._output = output
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def write(self, data: bytes) -> None:
        """The text of the bytes, also where one ends within a character."""
        self._output.write(self._decoder.decode(data), ending="")


def _timeline(options: dict[str, Any]) -> Timeline:
    timeline = Timeline(using=options["database"])
    if options["models"]:
        timeline = timeline.across(*(apps.get_model(label) for label in options["models"]))
    if options["label"]:
        timeline = timeline.labelled(*options["label"])
    if options["actor"]:
        timeline = timeline.by(options["actor"])
    if options["since"]:
        timeline = timeline.since(options["since"])
    return timeline.until(options["until"]) if options["until"] else timeline


def _instant(text: str) -> dt.datetime:
    day = parse_date(text)
    found = dt.datetime.combine(day, dt.time.min) if day else parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found

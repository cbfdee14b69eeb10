"""`manage.py pghistory WORD`: what is done to histories by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pghistory.management import subcommands


class Command(BaseCommand):
    """Each word is a module of `pghistory.management.subcommands`."""

    help = "Works on the history of tracked models."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True, metavar="word")
        for word, subcommand in subcommands.found().items():
            subcommand(self).add_arguments(words.add_parser(word, help=subcommand.help, description=subcommand.help))

    def handle(self, *args: Any, word: str, **options: Any) -> None:
        subcommands.found()[word](self).handle(**options)

"""What `manage.py pghistory` can do: one module a word, each with a class `Subcommand`."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser


class BaseSubcommand(ABC):
    """One word after `manage.py pghistory`; `command` gives the streams, styles and the verbosity's meaning."""

    help: ClassVar[str]

    def __init__(self, command: BaseCommand) -> None:
        self.command = command

    @abstractmethod
    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the arguments behind the word."""

    @abstractmethod
    def handle(self, *args: Any, **options: Any) -> None:
        """Does it with the options that its arguments give; CommandError says what went wrong."""


def found() -> dict[str, type[BaseSubcommand]]:
    """{word: subcommand} of every module here; an underscore in a module's name is a hyphen in its word."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {
        name.replace("_", "-"): importlib.import_module(f"{__name__}.{name}").Subcommand  # its own, by convention
        for name in names
    }

"""Contexts of management commands."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand

from pghistory import contexts


class HistoryCommand(BaseCommand):
    """A management command whose writes share a context.

    Its metadata is what `get_context` gives. Put it first among several bases:
    `class Command(HistoryCommand, LabelCommand)`.
    """

    _arguments: Sequence[str] = ()

    def run_from_argv(self, argv: list[str]) -> None:
        self._arguments = argv[2:]
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        with contexts.context(**self.get_context(*args, **options)):
            return super().execute(*args, **options)

    def get_context(self, *args: Any, **options: Any) -> dict[str, Any]:
        """The metadata: `command`, the name with its arguments as they were typed; only the name for `call_command`.

        Arguments are kept as long as history is: a subclass that takes passwords leaves them out here.
        """
        name = type(self).__module__.rpartition(".")[2]
        return {"command": contexts.storable(shlex.join([name, *self._arguments]))}

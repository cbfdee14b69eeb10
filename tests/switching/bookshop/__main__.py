"""Does several things in one process: `python -m tests.switching.bookshop STEP…`; each step is a function below.

A step may take an argument after a colon. What a command of Django prints is printed.
"""

import builtins
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

import pghistory


def package_in(folder: str) -> None:
    """Exits unless this is where pghistory comes from."""
    if not Path(pghistory.__file__).is_relative_to(folder):
        sys.exit(f"pghistory comes from {pghistory.__file__}, not from {folder}")


def command(text: str) -> None:
    """Any command of Django; a new migration is seen by the next one."""
    importlib.invalidate_caches()
    call_command(*text.split())


def write(day: str) -> None:
    from tests.switching.bookshop import writing

    writing.write(int(day))


def record(path: str) -> None:
    from tests.switching.bookshop import record

    Path(path).write_text(record.as_json(record.record()))


def timeline(path: str) -> None:
    from tests.switching.bookshop import record, timeline

    Path(path).write_text(record.as_json(timeline.entries()))


def pages(path: str) -> None:
    from tests.switching.bookshop import record, timeline

    Path(path).write_text(record.as_json(timeline.pages()))


def faults(path: str) -> None:
    from tests.switching.bookshop import faults, record

    Path(path).write_text(record.as_json(faults.shown()))


def answer(text: str) -> None:
    """To every question of a command that follows."""
    builtins.input = lambda *prompt: text


STEPS: dict[str, Callable[[str], Any]] = {
    step.__name__: step for step in (package_in, command, write, record, timeline, pages, faults, answer)
}

if __name__ == "__main__":
    django.setup()
    for given in sys.argv[1:]:
        name, _, argument = given.partition(":")
        STEPS[name](argument)

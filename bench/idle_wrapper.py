"""`python -m bench.idle_wrapper`: what the execute wrapper adds to a query while no context is active.

No database is asked: the wrapper is called as Django calls it, around a statement that does nothing, and compared with
the same call without the wrapper. Exits with 1 above a microsecond.
"""

import functools
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper

from pghistory.injection import ContextInjection

ALLOWED = 1_000
"""Nanoseconds a query."""

ROUNDS = 31
CALLS = 20_000


def nothing(statement: Any, params: Any, many: bool, context: dict[str, Any]) -> None:
    """A statement."""


def bare(context: dict[str, Any]) -> None:
    """What Django does without wrappers."""
    nothing("select 1", None, False, context)


def wrapped(injection: ContextInjection, context: dict[str, Any]) -> None:
    """What Django does for one wrapper."""
    functools.partial(injection, nothing)("select 1", None, False, context)


def nanoseconds(call: Callable[[], None]) -> float:
    """The time of one call, out of many."""
    start = time.perf_counter_ns()
    for _ in range(CALLS):
        call()
    return (time.perf_counter_ns() - start) / CALLS


def added() -> float:
    """Nanoseconds that the wrapper adds to a query."""
    connection = DatabaseWrapper({"OPTIONS": {}})
    injection = ContextInjection(connection)
    context = {"connection": connection, "cursor": None}
    rounds = [
        nanoseconds(functools.partial(wrapped, injection, context)) - nanoseconds(functools.partial(bare, context))
        for _ in range(ROUNDS)
    ]
    return median(rounds)


def main() -> None:
    """Print the figure."""
    figure = added()
    print(f"no context active: {figure:.0f} ns a query (allowed: {ALLOWED} ns)")
    sys.exit(figure > ALLOWED)


if __name__ == "__main__":
    main()

"""What a piece of work costs: seconds by the clock, and seconds of processor, here and in the database's process.

The clock tells what a person waits, and also what else the machine does; processor seconds tell the work alone. They
are known where the database runs on the same Linux machine.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection


@dataclass(slots=True)
class Cost:
    """Seconds of the block; `processor` is None where it is not known."""

    clock: float = 0.0
    processor: float | None = None


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of the block, told after it; garbage is collected before the block and not in it."""
    connection.ensure_connection()
    cost = Cost()
    gc.collect()
    gc.disable()
    server, here, start = _server_seconds(), time.process_time(), time.perf_counter()
    try:
        yield cost
    finally:
        cost.clock = time.perf_counter() - start
        spent, after = time.process_time() - here, _server_seconds()
        cost.processor = None if server is None or after is None else spent + after - server
        gc.enable()


def _server_seconds() -> float | None:
    """Seconds for which the connection's process in the database has run."""
    raw: psycopg.Connection[object] = connection.connection
    try:
        text = Path(f"/proc/{raw.info.backend_pid}/schedstat").read_text()
    except OSError:
        return None
    return int(text.split()[0]) / 1e9

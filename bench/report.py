"""The tables, printed as they come and kept in `RESULTS.md`."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench.environments import PACKAGES
from bench.rounds import Counts, Ratio

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


class Report:
    """A Markdown text that grows; `keep` writes it."""

    def __init__(self, *, form: str, counts: Counts, postgres: int) -> None:
        self._parts: list[str] = []
        self._bars: list[list[str]] = []
        packages = ", ".join(package.replace("==", " ") for package in PACKAGES.values())
        self._add(
            "# Results of `make bench`\n\n"
            f"{form}, {dt.datetime.now(dt.UTC):%Y-%m-%d}. {counts.heavy} interleaved rounds after one to warm up, "
            f"up to {counts.light} of what takes some milliseconds, on a machine ({platform.machine()}) of "
            f"{os.cpu_count()} cores and {_memory()} GB; PostgreSQL {postgres}, Python {platform.python_version()}, "
            f"Django {version('Django')}, psycopg {version('psycopg')}; {packages}.\n\n"
            "Ratios are of processor seconds, of the client and of its database process together, so that other work "
            "on the machine does not count; without the waiting in between, what history adds weighs more than by the "
            "clock. Parallel workers, whose seconds would not be counted, are off. Milliseconds are by the clock. "
            "Written by the command: edit nothing here."
        )

    def title(self, text: str) -> None:
        """Begins a section."""
        self._flush()
        self._add(f"## {text}")

    def say(self, text: str) -> None:
        """A paragraph."""
        self._add(text)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; None is an empty place, a number is rounded."""
        self._add(_table(heads, [[_cell(value) for value in row] for row in rows]))

    def bar(self, text: str, found: Ratio | float | None, bar: float, noise: float = 0.0) -> None:
        """A bar that is met, or missed by no more than the noise, or missed."""
        if found is None:
            return
        number = found.middle if isinstance(found, Ratio) else found
        verdict = "met" if number <= bar else "met within the noise" if number <= bar * (1 + noise) else "**missed**"
        self._bars.append([text, f"≤ {bar:g}", _cell(found), f"{noise:.0%}" if noise else "", verdict])

    def keep(self) -> None:
        """Writes the file."""
        self._flush()
        RESULTS.write_text("\n\n".join(self._parts) + "\n")

    def _flush(self) -> None:
        if self._bars:
            self._add(_table(["", "bar", "measured", "noise", ""], self._bars))
            self._bars = []

    def _add(self, text: str) -> None:
        print(f"{text}\n", flush=True)
        self._parts.append(text)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"
    return str(value)


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)

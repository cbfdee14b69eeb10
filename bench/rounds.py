"""Interleaved rounds, and what is told of them: medians and quartiles of ratios within a round."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

Costs = dict[tuple[str, str], list[float]]
"""{(what, name): a number a round}"""


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many rounds is measured; what takes some milliseconds needs more of them to be told from the noise."""

    heavy: int
    light: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median over rounds of one number divided by another, and its quartiles."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.middle)} [{_short(self.low)}–{_short(self.high)}]"


@dataclass(slots=True)
class Rounds:
    """What was measured: seconds by the clock, and seconds of processor where they are known."""

    clock: Costs = field(default_factory=dict)
    processor: Costs = field(default_factory=dict)

    @property
    def costs(self) -> Costs:
        """Processor seconds, which other work on the machine does not touch; else the clock's."""
        return self.processor or self.clock

    def note(self, what: str, name: str, cost: dict[str, Any] | None) -> None:
        """Keeps the answer of a worker."""
        if cost is None:
            return
        self.clock.setdefault((what, name), []).append(cost["clock"])
        if cost["processor"] is not None:
            self.processor.setdefault((what, name), []).append(cost["processor"])

    def ratio(self, what: str, name: str, base: str) -> Ratio | None:
        """Round by round; None where one of them was not measured."""
        return ratio(self.costs.get((what, name), ()), self.costs.get((what, base), ()))

    def milliseconds(self, what: str, name: str) -> float | None:
        """The median by the clock."""
        found = self.clock.get((what, name))
        return median(found) * 1000 if found else None


def ratio(values: Sequence[float], bases: Sequence[float]) -> Ratio | None:
    """Of two rows of numbers that were measured in the same rounds."""
    ratios = [value / base for value, base in zip(values, bases, strict=False)]
    if not ratios:
        return None
    low, middle, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Ratio(middle, low, high)


def interleaved(count: int, names: Iterable[str], measure: Callable[[int, str], None], *, what: str) -> None:
    """Calls `measure(round, name)` for one round to warm up (round 0) and `count` more; every other one backwards."""
    print(f"{what} …", file=sys.stderr, flush=True)
    order = list(names)
    for turn in range(count + 1):
        for name in order if turn % 2 else reversed(order):
            measure(turn, name)


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:,.0f}"

"""What undo, backfill and export cost, beside the best SQL by hand over the same rows; and what memory they take."""

from __future__ import annotations

from contextlib import closing

from bench.contenders import Contender, Process, running
from bench.report import Report
from bench.rounds import Ratio, Rounds
from demo_project import postgres

DEEDS: dict[str, tuple[str, float | None]] = {
    "undo": ("a context of 10,000 updates, to the writes that made it", 2.0),
    "backfill": ("events of 50,000 items, to the bare insert … select", 1 / 0.9),
    "export": ("50,000 events, to the bare COPY of the same SELECT", 1 / 0.8),
    "job": ("the same by the job of the page, to the same bare COPY", 1 / 0.8),
    "names": ("the same job with the name of each of 50,000 objects, which no COPY knows", None),
}
MEMORY = 60.0
LEVELS = {"one trigger call a row": "ours_row", "one a statement": "ours_statement"}


def measure(server: postgres.Server, report: Report, rounds: int) -> None:
    """The table about deeds, and its bars."""
    report.title("Deeds")
    report.say("Ratio to the same by hand: median [quartiles] of the rounds. MiB beyond the process before.")
    ratios: dict[str, dict[str, Ratio | None]] = {}
    memory: dict[str, dict[str, float]] = {}
    for level, peer in LEVELS.items():
        with running([Contender(level, peer)], server) as (ours,):
            ours.ask("fill")
            found = Rounds()
            for what in DEEDS:
                if what == "backfill":
                    ours.ask("grow")
                _measured(ours, found, what, rounds)
            ratios[level] = {what: found.ratio(what, "ours", "hand") for what in DEEDS}
        memory[level] = {what: _memory(Contender(level, peer), server, what) for what in DEEDS}
    report.table(
        ["", *(f"{what}: {text}" for what, (text, _bar) in DEEDS.items()), *(f"MiB of {what}" for what in DEEDS)],
        [[level, *ratios[level].values(), *memory[level].values()] for level in LEVELS],
    )
    for level in LEVELS:
        for what, (_text, bar) in DEEDS.items():
            if bar is None:
                continue
            report.bar(f"{what}, {level}", ratios[level][what], bar)
        for what, needed in memory[level].items():
            report.bar(f"MiB of {what}, {level}", needed, MEMORY)


def _memory(contender: Contender, server: postgres.Server, what: str) -> float:
    """MiB that a deed needs in a process of its own: one that has worked before has the memory already."""
    with running([contender], server) as (ours,):
        ours.ask("fill")
        ours.ask("deed", what="backfill", how="hand")
        with closing(Process(contender, ours.address)) as fresh:
            return float(fresh.ask("memory", what=what)["memory"])


def _measured(ours: Process, found: Rounds, what: str, rounds: int) -> None:
    """By hand first in each round: what is undone has to be written."""
    for turn in range(rounds + 1):
        for how in ("hand", "ours"):
            cost = ours.ask("deed", what=what, how=how)["cost"]
            if turn:
                found.note(what, how, cost)

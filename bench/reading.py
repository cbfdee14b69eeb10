"""What reads take: this project's pages beside the best SQL by hand, as histories grow."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.contenders import Contender, Process, running
from bench.report import Report
from bench.rounds import Counts, Rounds, interleaved
from demo_project import postgres

READS = {
    "R1": "timeline of an item with about 20 events, with differences",
    "R1h": "first 50 of an item with a 200th of all events",
    "R2": "newest 50 of everything",
    "R3": "newest 50 of one user",
    "R4": "count up to 10,000",
    "R5": "50 before the middle of all",
    "R7c": "all (about 440) that refer to one category",
    "A1": "one item as it was half-way",
    "A1k": "a thousand items as they were half-way",
    "Aall": "all items as they were half-way",
}

HOWS = ("timeline", "events", "limit")
PAGES = ("activity", "object", "empty")
PAGE_READS = {"activity": "R2", "object": "R1"}
"""{page: the read that it is without}."""
HEAVY_READS = ("R4", "Aall")
"""Reads of which a round takes seconds."""

SMALL = 20_000
"""Events at which django-pghistory can be measured in seconds."""

GROWTH = 1.3
TIMES_THE_LIMIT = 2.0
TIMES_THE_LIMIT_AS_OF = 1.5


def measure(server: postgres.Server, report: Report, counts: Counts, sizes: Sequence[int]) -> None:
    """All tables about reads."""
    report.title("Reads")
    report.say(
        "Milliseconds by the clock, and the ratio to the best SQL by hand over the same tables. `timeline` is what "
        "pages do (in A1 to Aall: `as_of`), `events` the queryset of the aggregate model. Of N events of items there "
        "are 0.3 N each of three other models."
    )
    with running([Contender(f"ours at {size:,}", "ours_row") for size in sizes], server) as processes:
        by_size = dict(zip(sizes, processes, strict=True))
        for size, process in by_size.items():
            process.ask("remember", events=size)
        # In the same rounds, or what has become of the machine meanwhile would be taken for growth.
        found = _compared({_at(how, size): by_size[size] for size in sizes for how in HOWS}, counts)
        pages = {size: _pages(process, counts.light) for size, process in by_size.items()}
        plans = {what: processes[-1].ask("plan", what=what, how="timeline") for what in READS}
    for size in sizes:
        _table(found, report, size)
        report.table(["page", "ms"], [[what, pages[size].milliseconds(what, "page")] for what in PAGES])
        for page, read in PAGE_READS.items():
            whole, bare, own = (median(pages[size].costs[what, "page"]) for what in (page, "empty", read))
            report.bar(f"page {page} at {size:,} without {read}, to an empty changelist", (whole - own) / bare, 1.5)
    _plans(plans, report)
    _many(server, report, counts.light)
    _peers(server, report, counts.heavy)
    _bars(found, report, sizes)


def _compared(processes: dict[str, Process], counts: Counts) -> Rounds:
    found = Rounds()
    for what in READS:

        def one(turn: int, name: str, what: str = what) -> None:
            if what.startswith("A") and name.startswith("events"):
                return
            answer = processes[name].ask("read", what=what, how=name.split()[0])
            if turn:
                found.note(what, name, answer["cost"])

        interleaved(counts.heavy if what in HEAVY_READS else counts.light, processes, one, what=what)
    return found


def _at(how: str, size: int) -> str:
    return f"{how} at {size:,}"


def _table(found: Rounds, report: Report, size: int) -> None:
    timeline, events, limit = (_at(how, size) for how in HOWS)
    report.table(
        [f"{size:,} events of items", "limit, ms", "timeline, ms", "to the limit", "events, ms", "to the limit"],
        [
            [
                f"{what} {text}",
                found.milliseconds(what, limit),
                found.milliseconds(what, timeline),
                found.ratio(what, timeline, limit),
                found.milliseconds(what, events),
                found.ratio(what, events, limit),
            ]
            for what, text in READS.items()
        ],
    )


def _peers(server: postgres.Server, report: Report, count: int) -> None:
    """Beside django-pghistory, where it can be measured at all."""
    contenders = [Contender("ours", "ours_row"), Contender("django-pghistory", "pghistory_row")]
    with running(contenders, server) as (ours, peer):
        for process in (ours, peer):
            process.ask("remember", events=SMALL)
        sources = {"timeline": ours, "events": ours, "events of django-pghistory": peer}
        found = _compared(sources, Counts(heavy=count, light=count))
    names = ("timeline", "events", "events of django-pghistory")
    report.table(
        [f"{SMALL:,} events of items", *(f"{name}, ms" for name in names)],
        [[f"{what} {text}", *(found.milliseconds(what, name) for name in names)] for what, text in READS.items()],
    )


def _pages(ours: Process, count: int) -> Rounds:
    """Pages, and in the same rounds the reads that they are without."""
    found = Rounds()

    def one(turn: int, what: str) -> None:
        answer = ours.ask("page", what=what) if what in PAGES else ours.ask("read", what=what, how="timeline")
        if turn:
            found.note(what, "page", answer["cost"])

    interleaved(count, (*PAGES, *PAGE_READS.values()), one, what="pages")
    return found


def _many(server: postgres.Server, report: Report, count: int) -> None:
    """The newest page over 150 event models beside that over four."""
    found = Rounds()
    with running([Contender("four", "ours_row"), Contender("many", "ours_many")], server) as processes:
        by_name = {process.contender.name: process for process in processes}
        for process in processes:
            process.ask("remember", events=SMALL)

        def one(turn: int, name: str) -> None:
            cost = by_name[name].ask("read", what="R2", how="timeline")["cost"]
            if turn:
                found.note("R2", name, cost)

        interleaved(count, by_name, one, what="R2 over many")
        # By the clock, on which other work weighs: the quickest counts.
        planning = min(by_name["many"].ask("plan", what="R2", how="timeline")["planning"] for _ in range(count)) / 1000
    few, many = (median(found.costs["R2", name]) for name in ("four", "many"))
    report.bar("R2 over 150 event models without planning, to R2 over 4", (many - planning) / few, TIMES_THE_LIMIT)


def _plans(plans: dict[str, dict[str, Any]], report: Report) -> None:
    rows = []
    for what, text in READS.items():
        found = plans[what]
        scans = sorted({scan for plan in found["plans"] for scan in _sequential(plan)})
        rows.append([f"{what} {text}", found["planning"], found["execution"], len(found["plans"]), ", ".join(scans)])
    report.title("Statements of the timeline at the greatest size")
    report.table(["", "planning, ms", "execution, ms", "statements", "tables read from end to end"], rows)


def _sequential(plan: dict[str, object]) -> list[str]:
    """The tables that a plan reads without an index, beyond a few pages."""
    found = [scan for child in plan.get("Plans", ()) for scan in _sequential(child)]  # type: ignore[attr-defined]
    if plan["Node Type"] == "Seq Scan" and int(str(plan["Shared Hit Blocks"])) > 100:
        found.append(str(plan["Relation Name"]))
    return found


def _bars(found: Rounds, report: Report, sizes: Sequence[int]) -> None:
    report.title("Bars of reads")
    first = sizes[0]
    for what in READS:
        if what == "R4":
            continue
        allowed = TIMES_THE_LIMIT_AS_OF if what.startswith("A") else TIMES_THE_LIMIT
        for size in sizes:
            own, limit = _at("timeline", size), _at("limit", size)
            report.bar(f"{what} at {size:,}, to the limit", found.ratio(what, own, limit), allowed)
            if size != first and what != "Aall":
                report.bar(f"{what}: {first:,} to {size:,}", found.ratio(what, own, _at("timeline", first)), GROWTH)

"""What writes cost: each contender beside one without history, and beside triggers written by hand."""

from __future__ import annotations

from bench.contenders import Contender, Process, running
from bench.report import Report
from bench.rounds import Counts, Rounds, interleaved
from demo_project import postgres

PLAIN, RAW, RAW_STATEMENT = "plain", "by hand, row", "by hand, statement"
ROW, AGAIN, STATEMENT = "ours, row", "ours, row, again", "ours, statement"
SAME_INDEXES = "ours, row, indexes of django-pghistory"
PEER_ROW, PEER_STATEMENT = "django-pghistory, row", "django-pghistory, statement"

CONTENDERS = (
    Contender(PLAIN, "plain"),
    Contender(RAW, "raw_row"),
    Contender(RAW_STATEMENT, "raw_statement"),
    Contender(ROW, "ours_row"),
    Contender(AGAIN, "ours_row"),
    Contender(STATEMENT, "ours_statement"),
    Contender(SAME_INDEXES, "ours_row", indexes=""),
    Contender(PEER_ROW, "pghistory_row"),
    Contender(PEER_STATEMENT, "pghistory_statement"),
    Contender("django-simple-history", "simple_history"),
    Contender("django-auditlog", "auditlog"),
    Contender("django-reversion", "reversion"),
)

WRITES = {
    "W1": "create(), 100 one by one",
    "W2": "save() of one field, 100 one by one",
    "W6a": "100 saves, each in a context of its own, autocommit",
    "W6b": "50 saves a context, autocommit",
    "W6c": "50 saves a context, one transaction",
    "W3": "bulk_create() of 10,000",
    "W5": "delete() of 10,000 to which others may refer",
    "D10k": "the same as one DELETE",
    "W4": "update() of 10,000, connection used before",
    "W4n": "the same on a new connection",
    "S10k": "update() of 10,000 in a context",
}

LIGHT_WRITES = ("W1", "W2", "W6a", "W6b", "W6c")

UPDATES = ("W4", "W4n", "S10k")
"""Writes that leave so many dead rows that each round begins with a VACUUM."""

SLOW = {
    "django-pghistory, statement": ("W4", "S10k"),
}
"""Writes left out of the rounds because one of them takes minutes."""

OTHERS = ("django-simple-history", "django-auditlog", "django-reversion")
OTHERS_ROUNDS = 2
"""They are far from every bar, and slow: fewer rounds do."""

CONTEXTS_WEIGHED = 60
"""Hundreds of contexts in which the log is weighed: an index's page that splits weighs as much as ten of them, and
django-pghistory's ids of contexts split pages at random."""

INDEXES = ("obj", "time", "context", "actor", "deletions")


def measure(server: postgres.Server, report: Report, counts: Counts) -> None:
    """All tables about writes."""
    with running(CONTENDERS, server) as processes:
        found = _compared(processes, list(WRITES), counts)
        _weighed(processes, report)
    names = [contender.name for contender in CONTENDERS]
    report.title("Writes")
    report.say("Ratio to the same write without history: median [quartiles] of the rounds.")
    report.table(
        ["", "plain, ms", *names[1:]],
        [
            [f"{what} {text}", found.milliseconds(what, PLAIN), *(found.ratio(what, name, PLAIN) for name in names[1:])]
            for what, text in WRITES.items()
        ],
    )
    _bars(found, report)
    _indexes(server, report, counts)


def _compared(processes: list[Process], writes: list[str], counts: Counts) -> Rounds:
    found = Rounds()
    by_name = {process.contender.name: process for process in processes}
    for process in processes:
        process.ask("fill")
    for what in writes:

        def one(turn: int, name: str, what: str = what) -> None:
            if what in SLOW.get(name, ()) or (name in OTHERS and turn > OTHERS_ROUNDS):
                return
            if what in UPDATES:
                by_name[name].ask("tidy")
            cost = by_name[name].ask("write", what=what)["cost"]
            if turn:
                found.note(what, name, cost)

        interleaved(counts.light if what in LIGHT_WRITES else counts.heavy, by_name, one, what=what)
    return found


def _bars(found: Rounds, report: Report) -> None:
    report.title("Bars of writes")
    noise = {what: abs(copy.middle - 1) if (copy := found.ratio(what, AGAIN, ROW)) else 0 for what in WRITES}
    for what in ("W1", "W2", "W6a", "W6b", "W6c"):
        report.bar(f"{what}: row, to by hand", found.ratio(what, ROW, RAW), 1.10, noise[what])
    report.bar("W6c: row, to django-pghistory", found.ratio("W6c", ROW, PEER_ROW), 0.92, noise["W6c"])
    for what in ("W3", "W5"):
        report.bar(f"{what}: statement, to plain", found.ratio(what, STATEMENT, PLAIN), 1.25, noise[what])
        report.bar(f"{what}: statement, to django-pghistory", found.ratio(what, STATEMENT, PEER_ROW), 0.6, noise[what])
    for what in ("W4", "W4n"):
        report.bar(f"{what}: statement, to plain", found.ratio(what, STATEMENT, PLAIN), 1.7, noise[what])
    both = [found.ratio(what, STATEMENT, PLAIN) for what in ("W4", "W4n")]
    if both[0] and both[1]:
        apart = max(both[0].middle, both[1].middle) / min(both[0].middle, both[1].middle)
        report.bar("W4 and W4n apart", apart, 1.3, noise["W4"])
    report.bar("S10k: statement, to by hand", found.ratio("S10k", STATEMENT, RAW_STATEMENT), 1.1, noise["S10k"])


def _weighed(processes: list[Process], report: Report) -> None:
    report.title("Write-ahead log and disk")
    report.say(
        "Bytes an event: the log beyond that of the write without history, and by which all tables but the tracked "
        "ones grow, indexes and contexts included."
    )
    writes = {"W3": ("10,000 inserts at once", 10_000, 1), "W6a": ("one event a context", 100, CONTEXTS_WEIGHED)}
    weights = {
        process.contender.name: {
            what: process.ask("weigh", what=what, times=times) for what, (*_, times) in writes.items()
        }
        for process in processes
    }
    plain = weights[PLAIN]
    rows: list[list[object]] = []
    for name, found in weights.items():
        row: list[object] = [name]
        for what, (_text, events, times) in writes.items():
            wal = found[what]["wal"]
            row.append(None if wal is None else (wal - plain[what]["wal"]) / events / times)
        disk = found["W3"]["disk"]
        rows.append([*row, None if disk is None else disk / writes["W3"][1]])
    report.table(["", *(f"log, {text}" for text, *_ in writes.values()), "disk, 10,000 inserts at once"], rows)
    by_name = {str(row[0]): row[1:] for row in rows}
    for place, what in enumerate(("log, 10,000 at once", "log, one a context", "disk")):
        own, their, copy, first = (by_name[name][place] for name in (SAME_INDEXES, PEER_ROW, AGAIN, ROW))
        if isinstance(own, float) and isinstance(their, float) and isinstance(copy, float) and isinstance(first, float):
            noise = abs(copy / first - 1)
            report.bar(f"{what}: ours to django-pghistory, index for index", own / their, 1.0, noise)


def _indexes(server: postgres.Server, report: Report, counts: Counts) -> None:
    """What each read index costs: with all of them, beside without one."""
    without = {f"without {index}": ",".join(other for other in INDEXES if other != index) for index in INDEXES} | {
        "without any": ""
    }
    contenders = [Contender("all indexes", "ours_statement")]
    contenders += [Contender(name, "ours_statement", indexes) for name, indexes in without.items()]
    writes = {"W2": WRITES["W2"], "W6a": WRITES["W6a"], "W3": WRITES["W3"], "S10k": WRITES["S10k"]}
    with running(contenders, server) as processes:
        found = _compared(processes, list(writes), counts)
    report.title("What each read index costs")
    report.say("Statement level; ratio of a write with all indexes to the same without that one.")
    report.table(
        ["", *without],
        [
            [f"{what} {text}", *(found.ratio(what, "all indexes", name) for name in without)]
            for what, text in writes.items()
        ],
    )

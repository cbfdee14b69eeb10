"""`make bench`: what tracking costs and what reading takes, as ratios of one run, printed and kept in RESULTS.md."""

import argparse
import shutil
import tempfile
from pathlib import Path

from bench import doing, idle_wrapper, reading, writing
from bench.contenders import SERVER
from bench.report import Report
from bench.rounds import Counts
from demo_project import postgres

ROUNDS = 7
TIMES_IF_LIGHT = 5
SHORT = (100_000,)
FULL = (1_000_000, 5_000_000, 10_000_000)


def main() -> None:
    """Measures on a server of its own, which is removed afterwards."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="histories of 1, 5 and 10 million events")
    parser.add_argument("--events", type=int, nargs="*", help="sizes of histories, in the place of the form's")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=("writes", "reads", "doing"))
    chosen = parser.parse_args()
    sizes = chosen.events or (FULL if chosen.full else SHORT)
    counts = Counts(chosen.rounds, TIMES_IF_LIGHT * chosen.rounds)
    report = Report(
        form="The full form" if chosen.full else "The short form",
        counts=counts,
        postgres=postgres.requested_version(),
    )
    folder = Path(tempfile.mkdtemp(prefix="pghistory-bench-"))
    try:
        folder.chmod(0o711)
        with postgres.serving(folder / "pgdata", options=SERVER) as server:
            if chosen.only in (None, "writes"):
                report.bar(
                    "nanoseconds that the wrapper adds to a query without a context",
                    idle_wrapper.added(),
                    idle_wrapper.ALLOWED,
                )
                # Each of a dozen packages writes in each round, which adds up to minutes.
                writing.measure(server, report, counts if chosen.full else Counts(chosen.rounds, chosen.rounds))
            if chosen.only in (None, "reads"):
                reading.measure(server, report, counts, sizes)
            if chosen.only in (None, "doing"):
                doing.measure(server, report, chosen.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.keep()


if __name__ == "__main__":
    main()

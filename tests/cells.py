"""The test suite on other versions of Python, Django and PostgreSQL: `make matrix`.

Each cell has an environment of its own under `.venv-matrix/` and a server of its own for the time of its run. What the
machine cannot run is left out, and the table says why.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo_project import postgres

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv-matrix"

# These say the same in every cell: the browser, the commands, and the package that projects switch from, which makes
# an environment of its own.
LEFT_TO_THE_MAIN_RUN = ("tests/acceptance", "tests/house", "tests/switching")

ON_EVERY_CORE = ("--numprocesses", "auto", "--dist", "loadfile")

_OUTCOME = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed)")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one run of the tests runs on; `python` None is the interpreter that runs this."""

    name: str
    django: str
    postgres: int
    python: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    excluded: tuple[str, ...] = LEFT_TO_THE_MAIN_RUN

    @property
    def folder(self) -> Path:
        """Its environment."""
        return HOME / self.name

    @property
    def log(self) -> Path:
        """What its run has said."""
        return HOME / f"{self.name}.log"

    def __str__(self) -> str:
        python = self.python or f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"Django {self.django}, PostgreSQL {self.postgres}, Python {python}"


CELLS = (
    Cell("client", "5.2", 18),
    Cell(
        "server",
        "5.2",
        18,
        environment={"PGHISTORY_SERVER_SIDE_BINDING": "1"},
        arguments=("-m", "not client_binding"),
    ),
    Cell("newest", "6.1", 16, python="3.13"),
    Cell("oldest", "5.2", 15),
    # The tests of migrations are about what this cell leaves out.
    Cell(
        "nomigrations",
        "5.2",
        18,
        arguments=("--nomigrations",),
        excluded=(*LEFT_TO_THE_MAIN_RUN, "tests/migrations", "tests/demo"),
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a cell's run ended: the numbers of tests by their results, or why there was none."""

    cell: Cell
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: str = ""
    broken: bool = False

    @property
    def is_good(self) -> bool:
        """Whether nothing speaks against the cell; one that the machine cannot run does not."""
        return not self.broken

    def __str__(self) -> str:
        if self.left_out:
            return f"left out: {self.left_out}"
        said = ", ".join(f"{number} {result}" for result, number in self.counts.items()) or "no test was run"
        return f"{said} – see {self.cell.log.relative_to(ROOT)}" if self.broken else said


def interpreter(version: str | None) -> str | None:
    """The path of a Python of this version ("3.13"); None where the machine has none."""
    if version is None:
        return sys.executable
    found = shutil.which(f"python{version}")
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    for candidate in [*([found] if found else []), *map(str, installed)]:
        # A shim may be on the PATH for a version that it does not start.
        done = subprocess.run([candidate, "-c", "import venv"], capture_output=True, check=False)
        if done.returncode == 0:
            return candidate
    return None


def why_left_out(cell: Cell) -> str:
    """What the machine lacks for a cell; empty where it lacks nothing."""
    if interpreter(cell.python) is None:
        return f"there is no Python {cell.python}"
    if cell.postgres not in postgres.versions():
        return f"there are no programs of PostgreSQL {cell.postgres}"
    return ""


def run(cell: Cell, *arguments: str) -> Outcome:
    """Builds a cell's environment and runs the tests in it."""
    if missing := why_left_out(cell):
        return Outcome(cell, left_out=missing)
    with cell.log.open("w") as log:
        try:
            _build(cell, log)
        except subprocess.CalledProcessError:
            return Outcome(cell, broken=True)
        ignored = [f"--ignore={folder}" for folder in cell.excluded]
        command = [
            _program(cell),
            "-W",
            "ignore",
            "-m",
            "pytest",
            "-q",
            *ON_EVERY_CORE,
            *ignored,
            *cell.arguments,
            *arguments,
        ]
        own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VIRTUAL_ENV")}
        environment = {**own, **cell.environment, "PGHISTORY_POSTGRES": str(cell.postgres)}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False)
    return Outcome(cell, counts=counts(cell.log.read_text()), broken=done.returncode != 0)


def counts(output: str) -> dict[str, int]:
    """{result: number} of the last line in which pytest sums up."""
    lines = [line for line in output.splitlines() if " in " in line and _OUTCOME.search(line)]
    return {result: int(number) for number, result in _OUTCOME.findall(lines[-1])} if lines else {}


def table(outcomes: Sequence[Outcome]) -> str:
    """A line for each cell."""
    return "\n".join(f"{found.cell.name:14} {found.cell!s:44} {found}" for found in outcomes)


def _program(cell: Cell) -> str:
    return str(cell.folder / "bin" / "python")


def _build(cell: Cell, log: object) -> None:
    """Makes the environment unless it holds what pyproject.toml asks for."""
    wanted = f"{cell.django}\n{(ROOT / 'pyproject.toml').read_text()}"
    stamp = cell.folder / "built-for"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python, uv = interpreter(cell.python), shutil.which("uv")
    shutil.rmtree(cell.folder, ignore_errors=True)
    if uv:
        make = [uv, "venv", "--quiet", "--python", str(python), str(cell.folder)]
        install = [uv, "pip", "install", "--quiet", "--python", _program(cell)]
    else:
        make = [str(python), "-m", "venv", str(cell.folder)]
        install = [_program(cell), "-m", "pip", "install", "--quiet"]
    for command in (make, [*install, "--editable", ".[dev]", f"Django=={cell.django}.*"]):
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=True)  # type: ignore[call-overload]
    stamp.write_text(wanted)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the cells that are named, or all, one after the other; 1 when a test failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.cells", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CELL", help=", ".join(cell.name for cell in CELLS))
    parser.add_argument("--only", action="append", default=[], help="an argument for pytest, as a folder of tests")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - {cell.name for cell in CELLS}
    if unknown:
        parser.error(f"there is no cell {', '.join(sorted(unknown))}")
    HOME.mkdir(exist_ok=True)
    outcomes = []
    for cell in CELLS:
        if not given.names or cell.name in given.names:
            print(f"{cell.name}: {cell} …", flush=True)
            outcomes.append(run(cell, *given.only))
            print(f"{cell.name}: {outcomes[-1]}", flush=True)
    print(f"\n{table(outcomes)}")
    return int(not all(outcome.is_good for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())

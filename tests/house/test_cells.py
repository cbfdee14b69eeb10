"""The cells of `make matrix`: what they run on, and what the table says of them."""

from pathlib import Path

import pytest

from demo_project import postgres
from tests import cells
from tests.cells import Cell, Outcome


def test_the_cells_are_those_that_the_documents_promise() -> None:
    known = {cell.name: cell for cell in cells.CELLS}
    assert {(cell.django, cell.postgres) for cell in cells.CELLS} == {("5.2", 18), ("6.1", 16), ("5.2", 15)}
    assert known["server"].environment == {"PGHISTORY_SERVER_SIDE_BINDING": "1"}
    assert "--nomigrations" in known["nomigrations"].arguments


def test_a_cell_that_the_machine_cannot_run_is_left_out_and_says_why() -> None:
    assert str(cells.run(Cell("none", "5.2", 18, python="3.2"))) == "left out: there is no Python 3.2"
    without = cells.run(Cell("none", "5.2", 9))
    assert str(without) == "left out: there are no programs of PostgreSQL 9"
    assert without.is_good
    assert not Path(cells.HOME / "none").exists()


def test_versions_of_the_system_are_found_where_it_puts_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "17" / "bin").mkdir(parents=True)
    (tmp_path / "17" / "bin" / "postgres").touch()
    monkeypatch.setattr(postgres, "SYSTEM_FOLDERS", (f"{tmp_path}/{{}}/bin",))
    assert postgres.versions() == [16, 17, 18]
    assert postgres.executables(17) == tmp_path / "17" / "bin"
    monkeypatch.setenv("PGHISTORY_POSTGRES", "17")
    assert postgres.requested_version() == 17
    monkeypatch.setenv("PGHISTORY_POSTGRES", "15")
    with pytest.raises(postgres.PostgresError, match="only 16 and 17 and 18 are at hand"):
        postgres.requested_version()


def test_the_numbers_are_those_of_pytests_last_word() -> None:
    output = "FAILED tests/a.py::test_in 3 passed\n2 failed, 1874 passed, 4 skipped, 1 error in 200.5s (0:03:20)\n"
    assert cells.counts(output) == {"failed": 2, "passed": 1874, "skipped": 4, "error": 1}
    assert cells.counts("no tests ran in 0.01s\n") == {}


def test_the_table_has_a_line_for_each_cell() -> None:
    good = Outcome(cells.CELLS[0], counts={"passed": 3})
    bad = Outcome(cells.CELLS[1], counts={"failed": 1, "passed": 2}, broken=True)
    first, second = cells.table([good, bad]).splitlines()
    assert first.startswith("client ")
    assert "Django 5.2, PostgreSQL 18" in first
    assert first.endswith("3 passed")
    assert second.endswith("1 failed, 2 passed – see .venv-matrix/server.log")
    assert not bad.is_good

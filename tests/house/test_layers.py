"""ARCHITECTURE.md tells the layers that import-linter holds, and names places that are there."""

import re
import tomllib

import pytest

from tests.house.test_modules import ROOT

ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = {
    contract["containers"][0]: [set(re.split(r" [|:] ", layer)) for layer in contract["layers"]]
    for contract in LINTER["contracts"]
    if contract["type"] == "layers"
}


def rows(heading: str) -> list[str]:
    """The rows below the header of a table."""
    _, found, rest = ARCHITECTURE.partition(f"\n{heading}\n|---|---|\n")
    assert found, heading
    return rest.partition("\n\n")[0].splitlines()


def names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


@pytest.mark.parametrize("container", LAYERS)
def test_a_table_has_the_layers_that_are_held(container: str) -> None:
    told = [names(layer) for row in rows(f"| layer | `{container}` |") for layer in row.split("|")[2].split(" → ")]
    assert told == LAYERS[container]


def test_the_browser_knows_of_the_core_what_the_document_says() -> None:
    (exceptions,) = [contract["ignore_imports"] for contract in LINTER["contracts"] if "ignore_imports" in contract]
    allowed = {line.split(" -> pghistory.")[1].partition(".")[0] for line in exceptions}
    _, _, told = ARCHITECTURE.partition("Of the core the browser knows ")
    assert names(told.partition(", and no more")[0]) == allowed


def test_layers_and_exceptions_are_there_to_the_last() -> None:
    assert not [layer for layers in LAYERS.values() for layer in layers if any("(" in name for name in layer)]
    assert {each.get("unmatched_ignore_imports_alerting", "error") for each in LINTER["contracts"]} == {"error"}


def test_places_to_go_for_a_change_are_there() -> None:
    places = [place for row in rows("| where to go for a change of | |") for place in re.findall(r"`([\w/.]+)`", row)]
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []

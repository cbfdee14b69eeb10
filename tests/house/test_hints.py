"""What documents and hints of system checks say about settings and places is so."""

import ast
import re
from typing import Any

from tests.house.test_docs import ROOT, anchors
from tests.switching.shop import SWITCHED

SWITCHING = ROOT / "docs" / "switching.md"


def constants(path: str) -> list[str]:
    """Every text of a module; parts that are put together stand as one."""
    tree = ast.parse((ROOT / path).read_text())
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_hints_of_checks_name_headings_that_are_there():
    named = [
        (title, document)
        for text in constants("pghistory/checks.py")
        for title, document in re.findall(r'See "([^"]+)" in (?:the )?(README|docs/\w+\.md)', text)
    ]
    assert {document for _, document in named} == {"README", "docs/switching.md", "docs/tracking.md"}
    for title, document in named:
        path = ROOT / (document if "/" in document else f"{document}.md")
        assert title.lower().replace(" ", "-") in anchors(path), title
    for document in re.findall(r"docs/\w+\.md", "".join(constants("pghistory/checks.py"))):
        assert (ROOT / document).exists()


def test_the_settings_of_a_switched_project_are_those_that_are_tested():
    (block,) = re.findall(r"   ```python\n(.*?)   ```", SWITCHING.read_text(), re.DOTALL)
    settings: dict[str, Any] = {}
    for line in block.splitlines():
        name, _, value = line.partition("#")[0].partition("=")
        settings[name.strip()] = ast.literal_eval(value.strip())
    assert {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()} == SWITCHED
    for name, value in settings.items():
        assert f"{name} = {value!r}".replace("'", '"') in (ROOT / "README.md").read_text()

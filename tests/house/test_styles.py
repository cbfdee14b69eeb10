"""Every class of the style sheets is on some page, and every class of a page is in a style sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

from pghistory_ui.icons import KINDS
from tests.house.test_modules import ROOT

SHEETS = sorted((ROOT / "static").rglob("*.css"))
SOURCES = [
    path
    for folder in ("templates", "static", "pghistory_ui")
    for path in sorted((ROOT / folder).rglob("*.*"))
    if path.suffix in (".html", ".js", ".py")
]
CLASS = re.compile(r"pgh-[\w-]+")
# What templates and f-strings put in the middle of a class attribute.
FILLED_IN = re.compile(r"\{[%{].*?[%}]\}|\{[^{}]*\}")


def styled() -> set[str]:
    return {name for sheet in SHEETS for name in re.findall(r"\.(pgh-[\w-]+)", sheet.read_text())}


def attributes(path: Path) -> Iterator[str]:
    """The words of every class attribute; one that is only begun, as `pgh-kind--`, ends with a hyphen."""
    for found in re.findall(r'class="([^"]*)"', path.read_text()):
        yield from CLASS.findall(FILLED_IN.sub(" ", found))


def test_every_class_of_the_style_sheets_is_used() -> None:
    words = {word for path in SOURCES for word in CLASS.findall(path.read_text())}
    words |= {f"pgh-kind--{kind}" for kind in KINDS}
    assert SHEETS
    assert styled() - words == set()


def test_every_class_of_a_page_is_in_a_style_sheet() -> None:
    used = {word for path in SOURCES for word in attributes(path) if not word.endswith("-")}
    assert len(used) > 100
    assert used - styled() == set()

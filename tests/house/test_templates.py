"""Every template of the browser compiles, and holds under a strict Content-Security-Policy."""

import re
from pathlib import Path

import pytest
from django.template import engines

from tests.house.test_modules import ROOT, project_files

FOLDER = ROOT / "templates"
LONGEST_LINE = 160
TEMPLATES = sorted(path for path in FOLDER.rglob("*") if path.is_file())

# What `script-src 'self'; style-src 'self'` refuses: code and style within the page.
INLINE = re.compile(
    r"""
    <style\b
    | \sstyle\s*=\s*["']
    | <script\b(?![^>]*\bsrc=)(?![^>]*application/(?:json|ld\+json))
    | \son[a-z]+\s*=\s*["']
    | javascript:
    """,
    re.IGNORECASE | re.VERBOSE,
)


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_it_compiles(template: Path) -> None:
    engines["django"].from_string(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_it_holds_no_inline_script_or_style(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", template.read_text(), flags=re.DOTALL)
    assert [found.group() for found in INLINE.finditer(text)] == []


def test_no_line_is_longer_than_a_screen_is_wide() -> None:
    files = [path for path in project_files() if path.suffix in (".html", ".css")]
    lengths = {path: max(map(len, path.read_text().splitlines())) for path in files}
    assert lengths
    assert {path: length for path, length in lengths.items() if length > LONGEST_LINE} == {}

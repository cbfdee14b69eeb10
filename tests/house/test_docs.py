"""Links within the documents lead somewhere."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.house.test_modules import ROOT, project_files

DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]


def inline_tokens(document: Path) -> list[Token]:
    blocks = MarkdownIt("commonmark").enable("table").parse(document.read_text())
    return [token for block in blocks for token in block.children or ()]


def targets(document: Path) -> list[str]:
    found = (token.attrs.get("href") or token.attrs.get("src") for token in inline_tokens(document))
    return [str(target) for target in found if target]


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    blocks = MarkdownIt("commonmark").enable("table").parse(document.read_text())
    titles = [following.content for block, following in pairwise(blocks) if block.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"])
def test_the_project_has_its_documents(name: str) -> None:
    assert (ROOT / name).read_text().strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    broken = []
    for target in targets(document):
        link = urlsplit(target)
        if link.scheme or link.netloc:
            continue
        place = (document.parent / unquote(link.path)).resolve() if link.path else document
        inside = place.is_relative_to(ROOT) and place.exists()
        if not inside or (link.fragment and place.suffix == ".md" and link.fragment not in anchors(place)):
            broken.append(target)
    assert broken == []


def test_the_blocks_of_a_page_are_told_where_they_are_looked_for() -> None:
    base = (ROOT / "templates" / "pghistory_ui" / "base.html").read_text()
    blocks = set(re.findall(r"{% block (history\w*) %}", base))
    comment = re.search(r"Blocks to override: (.+?)\.{% endcomment %}", base)
    assert comment
    assert set(comment[1].split(", ")) == blocks
    told = re.findall(r"^\| `(history\w*)` \| every page", (ROOT / "docs" / "browser.md").read_text(), re.MULTILINE)
    assert set(told) == blocks


def test_every_folder_of_tests_is_told() -> None:
    _, _, table = (ROOT / "CONTRIBUTING.md").read_text().partition("| folder of `tests` |")
    told = set(re.findall(r"`(\w+)`", table.partition("\n\n")[0]))
    assert told == {path.parent.name for path in project_files() if path.parent.parent == ROOT / "tests"}


def test_one_oldest_postgresql_is_promised() -> None:
    told = {
        found
        for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "Makefile"]
        for found in re.findall(r"PostgreSQL (\d+) or newer|PostgreSQL\b[^\n]*?, (\d+) or newer", path.read_text())
    }
    assert {version for pair in told for version in pair if version} == {"16"}

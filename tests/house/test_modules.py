"""The sizes and habits that hold for every file of the project."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pghistory", "pghistory_ui")
LONGEST_MODULE = 300
BINARY = {".png", ".jpg", ".webp", ".gif", ".ico", ".woff2"}

# Spelled in pieces, or this file would break its own rule.
REGISTRY_HOSTS = tuple(
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
    )
)
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def project_files() -> Iterator[Path]:
    """Every file that is, or could be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        names = [name for name in listed.split("\0") if name]
    except (FileNotFoundError, subprocess.CalledProcessError):
        # An unpacked archive has no repository; its generated folders all begin with a dot.
        names = [
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if not any(part.startswith(".") and part != ".ci" for part in path.relative_to(ROOT).parts[:-1])
            and "__pycache__" not in path.parts
        ]
    yield from (path for name in sorted(set(names)) if (path := ROOT / name).is_file())


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in modules()}
    assert lengths
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_file_names_a_registry() -> None:
    pattern = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)))
    texts = [path for path in project_files() if path.suffix not in BINARY]
    assert [path for path in texts if pattern.search(path.read_text(errors="replace"))] == []


def test_no_lock_file_is_kept() -> None:
    assert [path for path in project_files() if path.name in LOCK_FILES] == []


def test_every_ignored_line_of_coverage_has_its_reason() -> None:
    bare = re.compile(r"#\s*pragma: no (cover|branch)(?! - \S)")
    assert [path for path in modules() if bare.search(path.read_text())] == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_goes_without_a_noun(name: str) -> None:
    doors = {ROOT / "pghistory" / "utils.py"}
    assert [path for path in modules() if name in (path.stem, path.parent.name) and path not in doors] == []


def test_the_facade_is_imports_and_names_only() -> None:
    tree = ast.parse((ROOT / "pghistory" / "__init__.py").read_text())
    docstring, *rest = tree.body
    assert isinstance(docstring, ast.Expr)
    assert {type(node) for node in rest} <= {ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign}


def test_no_name_of_the_facade_hides_a_submodule() -> None:
    package = ROOT / "pghistory"
    tree = ast.parse((package / "__init__.py").read_text())
    names = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    submodules = {path.stem for path in package.glob("*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    assert names & submodules == set()


@pytest.mark.parametrize("statement", ["import pghistory", "from pghistory import *"])
def test_the_facade_imports_before_apps_are_ready(statement: str) -> None:
    program = (
        f"{statement}\n"
        "from django.apps import apps\n"
        "from django.conf import settings\n"
        "assert not apps.ready and not settings.configured\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

"""docs/settings.md names every setting with its true default, and every system check."""

import ast
import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

import pghistory
from pghistory import checks, config, event_models, sql
from pghistory_ui import config as ui_config
from tests.house.test_modules import ROOT

DOCUMENT = (ROOT / "docs" / "settings.md").read_text()
ROWS = re.findall(r"^\| `PGHISTORY_(\w+)` \| `(.+?)` \| (.+?) \| (.+?) \|$", DOCUMENT, re.MULTILINE)

NAMED_OTHERWISE: dict[Callable[..., Any], tuple[str, ...]] = {
    config.field_layers: event_models.RELATION,
    config.field_permission: ("UI_FIELD_PERMISSION",),
}
READ_NONE: tuple[Callable[..., Any], ...] = (config.merged, ui_config.skin)


def readers() -> dict[str, tuple[Callable[..., Any], tuple[str, ...]]]:
    """{setting: (the public function that reads it, its arguments)} of both modules."""
    found: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {}
    modules: tuple[tuple[ModuleType, str], ...] = ((config, ""), (ui_config, "UI_"))
    for module, prefix in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_") or function in READ_NONE:
                continue
            if function is config.field_layers:
                found |= {kind: (function, (kind,)) for kind in NAMED_OTHERWISE[function]}
            else:
                for setting in NAMED_OTHERWISE.get(function, (f"{prefix}{name.upper()}",)):
                    found[setting] = (function, ())
    return found


def test_every_setting_is_told_once_in_full() -> None:
    assert sorted(name for name, *_ in ROWS) == sorted(readers())


def test_functions_that_read_no_setting_are_no_settings() -> None:
    for function in READ_NONE:
        body = ast.parse(inspect.getsource(function))
        called = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
        assert called & {"_get", "_load", "settings"} == set()


@pytest.mark.parametrize(("name", "default"), [row[:2] for row in ROWS])
def test_a_setting_has_the_default_that_is_told(name: str, default: str) -> None:
    function, arguments = readers()[name]
    assert not hasattr(settings, f"PGHISTORY_{name}")
    told = eval(default, {**vars(pghistory)})  # noqa: S307 - written in this repository
    with override_settings(**{f"PGHISTORY_{name}": told}):
        as_told = function(*arguments)
    assert function(*arguments) == as_told


def test_every_setting_that_a_document_names_is_one() -> None:
    known = {f"PGHISTORY_{name}" for name in readers()}
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        named = set(re.findall(r"`(PGHISTORY_[A-Z_]+)\b(?!=)", document.read_text()))
        assert named <= known | {"PGHISTORY_ADMIN_"}, document


def test_every_system_check_is_told_with_what_to_do() -> None:
    raised = {
        found for module in (checks, sql) for found in re.findall(r"pghistory\.([EW]\d{3})", inspect.getsource(module))
    }
    told = re.findall(r"^\| `pghistory\.([EW]\d{3})` \| .+? \| .+? \|$", DOCUMENT, re.MULTILINE)
    assert told == sorted(raised)

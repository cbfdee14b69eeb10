"""What the documents show is so: their Python runs, and says what stands beside it; their commands are parsed."""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import io
import re
import shlex
import sys
import tokenize
import uuid
from collections.abc import Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pgtrigger.registry
import pytest
from celery import Celery, signals
from django.apps import AppConfig
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import get_commands, load_command_class
from django.db import connection, models
from django.db.models import F
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.utils import timezone
from django.utils.module_loading import import_string
from markdown_it import MarkdownIt
from markdown_it.token import Token

import pghistory
import pghistory_ui
from demo_project.shop import models as shop
from pghistory import registry
from pghistory.management import subcommands
from pghistory.models import Context

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")] if path.exists()
)
WORDS_OF_VALUES = {"Decimal"}


def tokens(document: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(document.read_text())


def snippets(document: Path) -> list[tuple[int, str]]:
    """(line of the document, source) of each Python block."""
    return [
        (token.map[0] + 2, token.content)
        for token in tokens(document)
        if token.type == "fence" and token.info == "python" and token.map
    ]


WITH_SNIPPETS = [document for document in DOCUMENTS if snippets(document)]


def values_beside(source: str) -> dict[int, Any]:
    """{line: the value that its comment tells} where a comment is a value and no prose."""
    found = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        text = token.string.lstrip("# ")
        try:
            tree = ast.parse(text, mode="eval")
        except SyntaxError:
            continue
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if names <= WORDS_OF_VALUES:
            found[token.start[0]] = eval(text, {"Decimal": Decimal})  # noqa: S307 - written in this repository
    return found


class Reader:
    """Does what a document shows, block after block, with the names that earlier ones made."""

    def __init__(self, document: Path, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self.document = document
        self.names = names
        self.monkeypatch = monkeypatch
        self.compared = 0

    def read(self, line: int, source: str) -> None:
        # Models need a module of an app to live in.
        module = ModuleType(f"tests.tracked.{self.document.stem.lower()}_{line}")
        vars(module).update(self.names)
        self.monkeypatch.setitem(sys.modules, module.__name__, module)
        known = registry.event_models()
        with isolate_apps("tests.tracked", "pghistory") as apps:
            assert apps is not None
            apps.register_model("pghistory", Context)
            self._do(source, vars(module), line)
        made = {name: value for name, value in vars(module).items() if not name.startswith("__")}
        self._install([each for each in registry.event_models() if each not in known], module.__name__)
        self.names.update(made)
        for value in made.values():
            if isinstance(value, Celery):
                value.conf.task_always_eager = True

    def _do(self, source: str, names: dict[str, Any], line: int) -> None:
        told = values_beside(source)
        tree = ast.parse(source)
        ast.increment_lineno(tree, line - 1)
        for node in tree.body:
            expected = told.get((node.end_lineno or 0) - line + 1, ...)
            if not isinstance(node, ast.Expr):
                exec(compile(ast.Module([node], []), str(self.document), "exec"), names)
                continue
            found = eval(compile(ast.Expression(node.value), str(self.document), "eval"), names)  # noqa: S307
            found = list(found) if isinstance(found, models.QuerySet) else found
            if expected is not ...:
                assert found == expected, f"{self.document.name}:{node.lineno}"
                self.compared += 1

    def _install(self, event_models: list[Any], module: str) -> None:
        tracked = [event_model.pgh_tracked_model for event_model in event_models]
        own = [each for each in dict.fromkeys(tracked) if each.__module__ == module and not each._meta.proxy]
        with connection.schema_editor() as editor:
            for each in (*own, *event_models):
                editor.create_model(each)
        with connection.cursor() as cursor:
            for each, trigger in pgtrigger.registry._registry.data.values():
                if each in tracked or each in event_models:
                    cursor.execute(trigger.compile(each).install_sql)


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What documents define is known nowhere when they are read, and what they write is gone."""
    # The demo's app of people tracks the users already, whom documents track.
    shops = {key: found for key, found in registry._event_models.items() if found.__module__ == shop.__name__}
    monkeypatch.setattr(registry, "_event_models", shops)
    triggers = {
        key: found
        for key, found in pgtrigger.registry._registry.data.items()
        if registry.concrete(found[0]).__module__ == shop.__name__
    }
    monkeypatch.setattr(pgtrigger.registry._registry, "data", triggers)
    monkeypatch.chdir(tmp_path)
    if find_spec("django.tasks") is None:
        # Its backport, before Django 6.0.
        monkeypatch.setitem(sys.modules, "django.tasks", importlib.import_module("django_tasks"))
    yield
    for signal in (signals.before_task_publish, signals.task_prerun, signals.task_postrun):
        signal.disconnect(dispatch_uid="pghistory")


@pytest.fixture
def names(db: None, surroundings: None) -> dict[str, Any]:
    """What a reader has at hand: a shop, an object of each kind, and what happened to them."""
    user = User.objects.create_superuser("anna", first_name="Anna", last_name="Berg")
    supplier = shop.Supplier.objects.create(name="Nordvik", iban="x")
    product = shop.Product.objects.create(name="Throw", sku="T-1", price="10.00", supplier=supplier)
    customer = shop.Customer.objects.create(name="Ada", email="ada@example.com", since=dt.date(2020, 1, 1))
    order = shop.Order.objects.create(number="1001", customer=customer, placed_at=timezone.now())
    line = shop.OrderLine.objects.create(order=order, product=product, title="Throw", quantity=2, total="20.00")
    for event_model in registry.event_models():
        event_model._base_manager.update(pgh_created_at=timezone.now() - dt.timedelta(days=3))
    with pghistory.context(actor=user, reason="New season") as context:
        shop.Product.objects.update(price="12.00")
        shop.OrderLine.objects.update(quantity=1)
    request = RequestFactory().get("/")
    request.user = user
    return {
        **{model.__name__: model for model in registry.tracked_models() if model.__module__ == shop.__name__},
        "Decimal": Decimal,
        "F": F,
        "admin": admin,
        "models": models,
        "pghistory": pghistory,
        "pghistory_ui": pghistory_ui,
        "user": user,
        "product": product,
        "order": order,
        "line": line,
        "request": request,
        "event": product.events.earliest("pgh_id"),
        "context_id": context.id,
        "yesterday": timezone.now() - dt.timedelta(days=1),
        "monday": timezone.now() - dt.timedelta(days=7),
        "print_labels": lambda: None,
        "ColourField": type("ColourField", (models.CharField,), {}),
        "INSTALLED_APPS": list(settings.INSTALLED_APPS),
        "MIDDLEWARE": list(settings.MIDDLEWARE),
    }


@pytest.mark.parametrize("document", WITH_SNIPPETS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_python_of_a_document_runs_and_says_what_stands_beside_it(
    document: Path, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    reader = Reader(document, names, monkeypatch)
    for line, source in snippets(document):
        reader.read(line, source)
    told = [values_beside(source) for _, source in snippets(document)]
    assert reader.compared == sum(map(len, told))
    for entry in names["INSTALLED_APPS"]:
        AppConfig.create(entry)
    for path in names["MIDDLEWARE"]:
        import_string(path)
    for app in [value for value in names.values() if isinstance(value, Celery)]:
        app.close()


def test_documents_of_the_core_say_what_their_snippets_give():
    for name in ("tracking", "contexts", "reading"):
        told = [values_beside(source) for _, source in snippets(ROOT / "docs" / f"{name}.md")]
        assert sum(map(len, told)) >= 3, name


def commands(document: Path) -> Iterator[tuple[str, bool]]:
    """(what follows on `manage.py`, whether it is a whole command line and no mere name) in the order of the text."""
    for block in tokens(document):
        lines = block.content.splitlines() if block.type in ("fence", "code_block") else []
        for line in lines:
            if found := re.search(r"\bmanage(?:\.py)? (?!\()(.+)", line):
                yield found[1], True
        for token in block.children or ():
            if token.type == "code_inline" and (found := re.match(r".*\bmanage(?:\.py)? (.+)", token.content)):
                yield found[1], False


COMMANDS = [
    pytest.param(text, whole, id=f"{path.relative_to(ROOT)}: {text}")
    for path in [*DOCUMENTS, ROOT / "CHANGELOG.md", ROOT / "ARCHITECTURE.md"]
    for text, whole in dict.fromkeys(commands(path))
]


@pytest.mark.parametrize(("text", "whole"), COMMANDS)
def test_a_command_of_a_document_is_one(text: str, whole: bool):
    words = shlex.split(text.split("&&")[0], comments=True)
    command, *arguments = [str(uuid.UUID(int=0)) if word == "ID" else word for word in words]
    assert command in get_commands()
    if not whole and not any(word.startswith("-") for word in arguments):
        # The text speaks of it, by its name.
        assert command != "pghistory" or set(arguments[:1]) <= {*subcommands.found(), "WORD"}
        return
    app: Any = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    loaded.create_parser("manage.py", command).parse_args(arguments)

"""Contexts as one would hand them over without any package: in front of the first write of a transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

FOLDER = Path(__file__).parent / "sql"


def read(name: str) -> str:
    """The text of a file in `bench/peers/sql`."""
    return (FOLDER / name).read_text()


class _HandOver:
    def __init__(self) -> None:
        self.metadata = json.dumps({"user": 1, "url": "/admin/shop/item/1/change/"})
        self.id = uuid.uuid4()
        self.is_set = False

    def __call__(self, execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_set or not statement.startswith(("INSERT", "UPDATE", "DELETE")):
            return execute(statement, params, many, context)
        self.is_set = connection.in_atomic_block
        setting = f"select set_config('raw.context_id', '{self.id}', true), "
        setting += f"set_config('raw.context_metadata', '{self.metadata}', true);\n"
        result = execute(setting + statement, params, many, context)
        context["cursor"].cursor.nextset()
        return result


@contextmanager
def context() -> Iterator[None]:
    """A context as the packages have it."""
    with connection.execute_wrapper(_HandOver()):
        yield

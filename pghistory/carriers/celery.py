"""Contexts travel in the headers of Celery's messages.

from pghistory.carriers import celery as history

app = Celery("shop")
history.connect()
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from celery import Task, signals

from pghistory import contexts, errors

HEADER = "pghistory_context"

_BLOCK = "pghistory_block"


def connect() -> None:
    """Every task, of every app of this process, works in the context in which it was ordered.

    A task that was ordered outside of a context, as by Celery's timetable, has a context of its own with the metadata
    `task`, its name. Tasks that run eagerly stay in the context of their caller. A token that cannot be trusted is
    logged by Celery, and the task runs in a context of its own.
    """
    signals.before_task_publish.connect(_send, weak=False, dispatch_uid="pghistory")
    signals.task_prerun.connect(_enter, weak=False, dispatch_uid="pghistory")
    signals.task_postrun.connect(_leave, weak=False, dispatch_uid="pghistory")


def _send(headers: dict[str, Any], **signal: Any) -> None:
    # A task that is tried again may still have the header of its first try.
    token = contexts.context.token()
    if token is not None:
        headers[HEADER] = token


def _enter(task: Task[Any, Any], **signal: Any) -> None:
    token = task.request.get(HEADER)
    if token is not None:
        try:
            _open(task, contexts.context.resume(token))
            return
        except errors.InvalidToken:
            _open_own(task)
            raise
    _open_own(task)


def _open_own(task: Task[Any, Any]) -> None:
    if contexts.active() is None:
        _open(task, contexts.context(task=task.name))


def _open(task: Task[Any, Any], block: AbstractContextManager[Any]) -> None:
    block.__enter__()
    task.request.update({_BLOCK: block})


def _leave(task: Task[Any, Any], **signal: Any) -> None:
    block = task.request.get(_BLOCK)
    if block is not None:
        block.__exit__(None, None, None)

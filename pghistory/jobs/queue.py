"""Django's tasks framework, of Django 6.0 or the backport `django-tasks`, where there is one."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from pghistory.jobs import worker

# A backend whose name says so does the work at once, or never.
FOREGROUND = ("ImmediateBackend", "DummyBackend")


def _framework() -> Any:
    name = next((name for name in ("django.tasks", "django_tasks") if find_spec(name)), None)
    return importlib.import_module(name) if name else None


framework = _framework()


def is_background() -> bool:
    """Whether the project's TASKS has a backend that works outside of requests."""
    if framework is None:
        return False
    try:
        return type(framework.task_backends["default"]).__name__ not in FOREGROUND
    except ImproperlyConfigured:
        return False


def _task(function: Any) -> Any:
    """The function as a task where there are any, found by the same path."""
    try:
        return framework.task()(function) if framework else function
    except ImproperlyConfigured:
        return function


@_task
def work_on(job: str, using: str) -> None:
    """What a worker of the project runs for a job that was ordered."""
    worker.work(job, using=using)


def enqueue(job: object, using: str) -> None:
    """Hands a job to the project's workers."""
    work_on.enqueue(str(job), using)

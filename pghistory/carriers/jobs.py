"""Contexts travel as an argument of a job: for Django's tasks and whatever else calls a function later.

@task()
@carried
def send_invoice(order): ...

enqueue(send_invoice, order=3)      # instead of send_invoice.enqueue(order=3)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

from pghistory import contexts

ARGUMENT = "pgh_token"

R = TypeVar("R")
Result = TypeVar("Result", covariant=True)
Function = TypeVar("Function", bound=Callable[..., Any])


class Enqueued(Protocol[Result]):
    """What has the methods of `django.tasks.Task`."""

    def enqueue(self, *args: Any, **kwargs: Any) -> Result:
        """Orders the job."""
        ...


class AsyncEnqueued(Protocol[Result]):
    """What has the methods of `django.tasks.Task`, from asynchronous code."""

    async def aenqueue(self, *args: Any, **kwargs: Any) -> Result:
        """Orders the job."""
        ...


def carried(function: Function) -> Function:
    """The function, sync or async, working in the context of the token that comes as its argument `pgh_token`.

    Called without a token and outside of a context, it has a context of its own with the metadata `task`, its name.
    Raises InvalidToken for a token that cannot be trusted, so that the queue's own rules for failures hold.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with _block(name, kwargs.pop(ARGUMENT, None)):
                return await function(*args, **kwargs)

        return awaited  # type: ignore[return-value]  # the same signature, by way of wraps()

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        with _block(name, kwargs.pop(ARGUMENT, None)):
            return function(*args, **kwargs)

    return called  # type: ignore[return-value]  # the same signature, by way of wraps()


def enqueue(task: Enqueued[Result], *args: Any, **kwargs: Any) -> Result:
    """Orders a job whose function is `carried`, and hands it the active context, if there is one."""
    return task.enqueue(*args, **kwargs, **_token())


async def aenqueue(task: AsyncEnqueued[Result], *args: Any, **kwargs: Any) -> Result:
    """The same from asynchronous code."""
    return await task.aenqueue(*args, **kwargs, **_token())


def _token() -> Mapping[str, str]:
    token = contexts.context.token()
    return {} if token is None else {ARGUMENT: token}


def _block(name: str, token: str | None) -> AbstractContextManager[Any]:
    if token is not None:
        return contexts.context.resume(token)
    return contexts.context(task=name) if contexts.active() is None else nullcontext()

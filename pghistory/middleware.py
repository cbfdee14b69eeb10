"""Who sent the request, and for which address: the context of everything that a request writes."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import Model
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from pghistory import config, contexts

_END: Final = object()


class HistoryMiddleware:
    """Opens a context for each request, sync or async, whose method is one of PGHISTORY_MIDDLEWARE_METHODS.

    Its metadata is what `get_context` gives; the label of a user who is logged in is frozen beside it. A user who is
    found out later in the request, as REST frameworks do, takes the place of nobody. Where somebody logs out, or in as
    another, the rest of the request has a context of its own. The content of a streaming response is made in the same
    context as the response.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self.__acall__(request)
        if request.method not in config.middleware_methods():
            return cast("HttpResponseBase", self.get_response(request))
        is_outermost = contexts.active() is None
        with contexts.context(**self._values(request)):
            _follow_user(request, is_outermost=is_outermost)
            return _continued(self.get_response(request))

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in config.middleware_methods():
            return cast("HttpResponseBase", await self.get_response(request))
        is_outermost = contexts.active() is None
        with contexts.context(**await self._values_async(request)):
            _follow_user(request, is_outermost=is_outermost)
            return _continued(await self.get_response(request))

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """The metadata of a request: `user` (key, or None) and `url` (the path). Subclasses add keys of their own."""
        user = getattr(request, "user", None)
        return {"user": getattr(user, "pk", None), "url": request.path}

    def _values(self, request: HttpRequest) -> dict[str, Any]:
        """Arguments of `context()`."""
        metadata = self.get_context(request)
        return {**_actor(getattr(request, "user", None)), **_storable(metadata)}

    async def _values_async(self, request: HttpRequest) -> dict[str, Any]:
        if hasattr(request, "auser") and not hasattr(request, "_cached_user"):
            # Where `request.user` looks, which may not ask the database in async code.
            request._cached_user = await request.auser()  # type: ignore[attr-defined]
        try:
            return self._values(request)
        except SynchronousOnlyOperation:
            return await sync_to_async(self._values)(request)


class _FollowedUser:
    """Put in front of a request's class: who becomes its user is that of the active context, or of a new one."""

    @property
    def user(self) -> Any:
        try:
            return self.__dict__["user"]
        except KeyError:
            raise AttributeError("user") from None

    @user.setter
    def user(self, user: Any) -> None:
        self.__dict__["user"] = user
        frame = contexts.active()
        if frame is None:
            return
        try:
            key, actor = getattr(user, "pk", None), _actor(user)
            # A context around the request is somebody else's unit of work, which stays one.
            if self.__dict__["_pghistory_is_outermost"] and frame.metadata.get("user") not in (None, key):
                contexts.hand_over(frame, actor.get("actor"), user=key)
            else:
                contexts.context(user=key, **({"actor": None} | actor))
        except SynchronousOnlyOperation:
            # A user who is only looked up when asked for, set by async code: whoever asks first may say who it is.
            return

    @user.deleter
    def user(self) -> None:
        self.__dict__.pop("user", None)


def _follow_user(request: HttpRequest, *, is_outermost: bool) -> None:
    request.__dict__.setdefault("_pghistory_is_outermost", is_outermost)
    request_class: Any = type(request)
    if not issubclass(request_class, _FollowedUser):
        request.__class__ = _following(request_class)


@functools.cache
def _following(request_class: Any) -> Any:
    """The class under its own name, so that nobody who looks at a request sees a stranger."""
    names = {"__module__": request_class.__module__, "__qualname__": request_class.__qualname__}
    return type(request_class.__name__, (_FollowedUser, request_class), names)


def _actor(user: Any) -> dict[str, Model]:
    """`actor` for a user who is logged in; nothing for anonymous ones and for users that are no models."""
    return {"actor": user} if getattr(user, "is_authenticated", False) and isinstance(user, Model) else {}


def _storable(value: Any) -> Any:
    """The value with every text in it made storable: addresses and headers are written by strangers."""
    if isinstance(value, str):
        return contexts.storable(value)
    if isinstance(value, Mapping):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value


def _continued(response: HttpResponseBase) -> HttpResponseBase:
    """The response, whose content is made in the active context wherever it is made later.

    An open file is left to the server, which may send it without reading it.
    """
    if isinstance(response, StreamingHttpResponse) and getattr(response, "file_to_stream", None) is None:
        continuation = contexts.Continuation()
        content: Any = response.streaming_content
        if response.is_async:
            response.streaming_content = _generated_async(continuation, content)
        else:
            response.streaming_content = _generated(continuation, content)
        # A generator that nobody reads to the end does the rest of its work here.
        response.close = functools.partial(_close, continuation, response.close)  # type: ignore[method-assign]
    return response


def _close(continuation: contexts.Continuation, close: Callable[[], None]) -> None:
    with continuation:
        close()


def _generated(continuation: contexts.Continuation, content: Iterable[bytes]) -> Iterator[bytes]:
    parts = iter(content)
    while True:
        with continuation:
            part = next(parts, _END)
        if part is _END:
            return
        yield cast("bytes", part)


async def _generated_async(continuation: contexts.Continuation, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    parts = aiter(content)
    while True:
        with continuation:
            part = await anext(parts, _END)
        if part is _END:
            return
        yield cast("bytes", part)

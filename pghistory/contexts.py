"""Who is at work, and why: metadata that the database stores beside every event of a unit of work.

The active context is one immutable `Frame` in a ContextVar. Entering and leaving replace the frame, so that threads,
asyncio tasks and code inside `sync_to_async` each see their own, and a `context` object may be entered many times, even
side by side. Handing the frame to PostgreSQL is `injection`'s work.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from django.core import signing
from django.db.models import Model

from pghistory import config, errors
from pghistory.serialisation import serialised

P = ParamSpec("P")
R = TypeVar("R")

TOKEN_SALT = "pghistory.context"

_versions = itertools.count(1)
_IMMUTABLE_TYPES = frozenset([str, int, float, bool, type(None)])


class ActiveContext:
    """What `with context() as ctx` gives: `id` (UUID) and `metadata` (read-only, growing with the context)."""

    __slots__ = ("_metadata", "id")

    def __init__(self, context_id: uuid.UUID, metadata: Mapping[str, Any]) -> None:
        self.id = context_id
        self._metadata = metadata

    @property
    def metadata(self) -> Mapping[str, Any]:
        frame = active()
        return frame.metadata if frame is not None and frame.id == self.id else self._metadata

    def __repr__(self) -> str:
        return f"<ActiveContext {self.id} {dict(self.metadata)}>"


class Frame(NamedTuple):
    """One state of a context: `version` differs for every two states in this process, `depth` counts open blocks."""

    id: uuid.UUID
    metadata: Mapping[str, Any]
    actor_label: str | None
    text: str
    version: int
    depth: int
    handle: ActiveContext


_frame: ContextVar[Frame | None] = ContextVar("pghistory_frame", default=None)

active: Callable[[], Frame | None] = _frame.get


class context:  # noqa: N801 - read as a statement, like contextlib's own
    """Link the events of a block, a function or a coroutine to one row of metadata.

    `with context(user=3, reason="typo"):` opens a context, or adds to the one that is open; leaving the outermost block
    ends it. As a decorator it does so at every call, and adds nothing where it is written. `async with` and coroutine
    functions work alike. Called and not entered, it adds to the active context, and does nothing where there is none.
    What a nested block added stays.

    `actor` is a model instance whose label is kept as it is now, in a column beside the metadata, so that it can be
    read when the object is gone; a user's key becomes the `user` of the metadata unless one is given. None takes an
    earlier label away.

    Raises InvalidMetadata for what JSON or PostgreSQL cannot hold: NUL, lone surrogates, NaN, unknown types.
    """

    __slots__ = ("_actor_label", "_added", "_metadata", "_text")

    def __init__(self, *, actor: Model | None | config.Unset = config.UNSET, **metadata: Any) -> None:
        self._actor_label = label(actor) if isinstance(actor, Model) else actor
        if isinstance(actor, Model) and "user" not in metadata and hasattr(actor, "get_username"):
            metadata = {"user": actor.pk, **metadata}
        self._metadata = metadata
        self._added: tuple[Frame, Frame] | None = None
        self._text: str | None = None
        frame = active()
        if frame is not None:
            self._added = frame, _extended(frame, self._metadata, self._actor_label, depth=frame.depth)
            _frame.set(self._added[1])
        else:
            text = serialised(metadata)
            self._text = text if _IMMUTABLE_TYPES.issuperset(map(type, metadata.values())) else None

    def __enter__(self) -> ActiveContext:
        outer = active()
        if outer is None:
            metadata = MappingProxyType(self._metadata.copy())
            handle = ActiveContext(_uuid7(), metadata)
            known_as = None if self._actor_label is config.UNSET else self._actor_label
            frame = Frame(handle.id, metadata, known_as, self._text or serialised(metadata), next(_versions), 1, handle)
        else:
            frame = _extended(outer, self._metadata, self._actor_label, depth=outer.depth + 1)
        _frame.set(frame)
        return frame.handle

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        frame = active()
        if frame is not None:
            _frame.set(frame._replace(depth=frame.depth - 1) if frame.depth > 1 else None)

    async def __aenter__(self) -> ActiveContext:
        return self.__enter__()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(exc_type, exc, traceback)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        # What was added a moment ago belongs to the calls, not to whatever imports the function.
        if self._added is not None and active() is self._added[1]:
            frame, self._added = self._added[0], None
            frame.handle._metadata = frame.metadata
            _frame.set(frame)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def within_context(*args: P.args, **kwargs: P.kwargs) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return cast("Callable[P, R]", within_context)

        @functools.wraps(function)
        def within(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        return within

    @staticmethod
    def token(max_age: float | None = None) -> str | None:
        """The active context as a text that another process can `resume`; None without one.

        The text is signed, so that nobody can change it, and not encrypted, so that everybody can read it. `max_age`
        is in seconds; a token without it never grows old.
        """
        frame = active()
        if frame is None:
            return None
        expires = None if max_age is None else time.time() + max_age
        return signing.dumps([str(frame.id), frame.text, frame.actor_label, expires], salt=TOKEN_SALT, compress=True)

    @staticmethod
    @contextlib.contextmanager
    def resume(token: str | None) -> Iterator[ActiveContext | None]:
        """Work in the context that `token()` gave, whatever context is active here; None leaves all as it is.

        What the block adds is stored too; when several processes add to one context, the last one wins. Where the
        context of the token is still active, the block is one more inside it. Raises
        InvalidToken for a text that was changed, signed with another key, or is too old.
        """
        if token is None:
            yield None
            return
        frame = _resumed(token)
        active_frame = active()
        if active_frame is not None and active_frame.id == frame.id:
            with context() as handle:
                yield handle
            return
        outer = _frame.set(frame)
        try:
            yield frame.handle
        finally:
            _frame.reset(outer)


@contextlib.contextmanager
def apart(actor: Model | None = None, **metadata: Any) -> Iterator[ActiveContext]:
    """A context of its own, also within another one, whose metadata and actor it takes over where none are given."""
    frame = active()
    inherited = dict(frame.metadata) if frame is not None else {}
    outer = _frame.set(None)
    try:
        within = context(**inherited)
        within._actor_label = frame.actor_label if frame is not None else config.UNSET
        with within as handle, context(actor=config.UNSET if actor is None else actor, **metadata):
            yield handle
    finally:
        _frame.reset(outer)


def hand_over(frame: Frame, actor: Model | None, **metadata: Any) -> None:
    """Ends a frame's context for whoever acted so far, and goes on for somebody else in one of its own.

    Blocks that are open stay open, and metadata is taken over where none is given.
    """
    handle = ActiveContext(_uuid7(), frame.metadata)
    begun = frame._replace(id=handle.id, version=next(_versions), handle=handle)
    _frame.set(_extended(begun, metadata, None if actor is None else label(actor), depth=frame.depth))


class Continuation:
    """The active context, to be entered again after its block has ended, in steps, as a stream is made.

    What a step adds is there in the next one; between steps the context is as if there had been none.
    """

    __slots__ = ("_frame", "_outer")

    def __init__(self) -> None:
        self._frame = active()
        # A step may lie in another one: a stream that is closed within its own last step.
        self._outer: list[Token[Frame | None]] = []

    def __enter__(self) -> None:
        self._outer.append(_frame.set(self._frame))

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._frame = active()
        _frame.reset(self._outer.pop())


def label(actor: Model) -> str:
    """How people know the actor: the full name of a user who has one, else the text of the object."""
    full_name = getattr(actor, "get_full_name", None)
    return storable((full_name() if callable(full_name) else "") or str(actor))


def storable(text: str) -> str:
    """The text with U+FFFD in the place of what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _resumed(token: str) -> Frame:
    try:
        context_id, text, actor_label, expires = signing.loads(token, salt=TOKEN_SALT)
    except signing.BadSignature as error:
        raise errors.InvalidToken(problem="its signature does not match") from error
    if expires is not None and time.time() > expires:
        raise errors.InvalidToken(problem="it is too old")
    metadata = MappingProxyType(json.loads(text))
    handle = ActiveContext(uuid.UUID(context_id), metadata)
    return Frame(handle.id, metadata, actor_label, text, next(_versions), 1, handle)


def _extended(
    frame: Frame, metadata: Mapping[str, Any], actor_label: str | None | config.Unset, *, depth: int
) -> Frame:
    """The frame with more metadata; the same version when nothing was added that it did not say before."""
    merged = MappingProxyType({**frame.metadata, **metadata})
    frame.handle._metadata = merged
    text = serialised(merged) if metadata else frame.text
    known_as = frame.actor_label if actor_label is config.UNSET else actor_label
    changed = text != frame.text or known_as != frame.actor_label
    version = next(_versions) if changed else frame.version
    return Frame(frame.id, merged, known_as, text, version, depth, frame.handle)


def _uuid7() -> uuid.UUID:
    """A UUID that begins with the time, so that rows of one hour lie together in the index (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF000 << 64) | 0x7000 << 64
    value = value & ~(0xC000 << 48) | 0x8000 << 48
    return uuid.UUID(int=value)

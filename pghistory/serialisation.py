"""Metadata of contexts as text that PostgreSQL can store."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.core.signals import setting_changed

from pghistory import config, errors

_encoder = functools.cache(config.json_encoder)
_usual = DjangoJSONEncoder(allow_nan=False).encode


def serialised(metadata: Mapping[str, Any]) -> str:
    """JSON that PostgreSQL's jsonb takes, in ASCII and without tabs."""
    try:
        if _encoder() is DjangoJSONEncoder:
            # Making one costs as much as using it, and other classes may keep something in each.
            text = _usual(dict(metadata))
        else:
            # Outside of texts, in which they are escaped, tabs are blanks.
            text = json.dumps(dict(metadata), cls=_encoder(), allow_nan=False).replace("\t", " ")
    except (TypeError, ValueError) as error:
        raise errors.InvalidMetadata(problem=str(error)) from error
    if "\\u0000" in text or "\\ud" in text:
        _refuse_unstorable(json.loads(text), "metadata")
    return text


def _forget_encoder(**changed: Any) -> None:
    _encoder.cache_clear()


setting_changed.connect(_forget_encoder, dispatch_uid="pghistory.serialisation")


def _refuse_unstorable(value: Any, path: str) -> None:
    """Raises InvalidMetadata where a text holds what no PostgreSQL text can."""
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_unstorable(key, f"a key of {path}")
            _refuse_unstorable(item, f"{path}[{key!a}]")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_unstorable(item, f"{path}[{position}]")
    elif isinstance(value, str):
        if "\x00" in value:
            raise errors.InvalidMetadata(problem=f"{path} holds a NUL character")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise errors.InvalidMetadata(problem=f"{path} holds half of a surrogate pair") from error

"""Settings, read when they are needed, and the configuration of the columns that an event model adds.

A setting is `PGHISTORY_` and the name of its function in capitals, but for two functions that name what they read:
`field_layers` and `field_permission`. docs/settings.md tells of all.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, cast

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.module_loading import import_string


class Default(enum.Enum):
    """The one value DEFAULT: take what the tracked field says, whatever the weaker configuration does."""

    DEFAULT = "default"

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default.DEFAULT


class Unset(enum.Enum):
    """The one value UNSET: the argument was not given, where None has a meaning of its own."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, kw_only=True)
class Field:
    """Keyword arguments for every mirrored column; DEFAULT is the tracked field's own value, or else Django's."""

    primary_key: bool | Default | Unset = UNSET
    unique: bool | Default | Unset = UNSET
    blank: bool | Default | Unset = UNSET
    null: bool | Default | Unset = UNSET
    db_index: bool | Default | Unset = UNSET
    editable: bool | Default | Unset = UNSET
    unique_for_date: str | None | Default | Unset = UNSET
    unique_for_month: str | None | Default | Unset = UNSET
    unique_for_year: str | None | Default | Unset = UNSET

    @property
    def kwargs(self) -> dict[str, Any]:
        """{keyword: value} of what is configured here, DEFAULT among the values."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in given.items() if value is not UNSET}


@dataclass(frozen=True, kw_only=True)
class RelatedField(Field):
    """Keyword arguments for every mirrored relation."""

    related_name: str | Default | Unset = UNSET
    related_query_name: str | Default | Unset = UNSET


@dataclass(frozen=True, kw_only=True)
class ForeignKey(RelatedField):
    """Keyword arguments for every mirrored foreign key."""

    on_delete: Any = UNSET
    db_constraint: bool | Default | Unset = UNSET


@dataclass(frozen=True, kw_only=True)
class ObjForeignKey(ForeignKey):
    """`pgh_obj`, the reference to the tracked row; its names are never those of other relations."""

    related_name: str | Default | Unset = DEFAULT
    related_query_name: str | Default | Unset = DEFAULT


@dataclass(frozen=True, kw_only=True)
class ContextForeignKey(ForeignKey):
    """`pgh_context` as a reference to a row of Context that the events of one unit of work share."""

    null: bool | Default | Unset = True
    related_query_name: str | Default | Unset = DEFAULT


@dataclass(frozen=True, kw_only=True)
class ContextJSONField(Field):
    """`pgh_context` as a JSON column, in which each event keeps the metadata of its own moment."""

    null: bool | Default | Unset = True


@dataclass(frozen=True, kw_only=True)
class ContextUUIDField(Field):
    """`pgh_context_id` beside a `pgh_context` in JSON: groups the events of one unit of work."""

    null: bool | Default | Unset = True


def merged(*layers: Field) -> dict[str, Any]:
    """{keyword: value} of several configurations, of which the later ones win."""
    return {name: value for layer in layers for name, value in layer.kwargs.items()}


def _get(name: str, default: Any) -> Any:
    return getattr(settings, f"PGHISTORY_{name}", default)


def _load(name: str, default: Any) -> Any:
    value = _get(name, default)
    return import_string(value) if isinstance(value, str) else value


def append_only() -> bool:
    """Whether event tables refuse update, delete and truncate unless `track` says otherwise."""
    return bool(_get("APPEND_ONLY", False))


def base_model() -> type[models.Model]:
    """The abstract model that event models inherit from."""
    return cast("type[models.Model]", _load("BASE_MODEL", "pghistory.models.Event"))


def created_at_function() -> str:
    """The SQL expression that gives `pgh_created_at`."""
    return str(_get("CREATED_AT_FUNCTION", "NOW()"))


def default_trackers() -> Sequence[Any] | None:
    """Trackers of a `track()` without any; None stands for insert and update."""
    return cast("Sequence[Any] | None", _get("DEFAULT_TRACKERS", None))


def exclude_field_kwargs() -> Mapping[type[models.Field[Any, Any]], Sequence[str]]:
    """{field class: keyword arguments that its mirror may not be given}; a class may be named by its path."""
    configured: Mapping[Any, Sequence[str]] = _get("EXCLUDE_FIELD_KWARGS", {})
    return {import_string(key) if isinstance(key, str) else key: names for key, names in configured.items()}


def field_layers(*kinds: str) -> tuple[Field, ...]:
    """The configured column configurations of these kinds ("FIELD", "OBJ_FIELD", …), weakest first."""
    return tuple(layer for kind in kinds if (layer := _get(kind, None)) is not None)


def context_field() -> ContextForeignKey | ContextJSONField | None:
    """How events keep their context: a reference, JSON, or not at all (None)."""
    return cast("ContextForeignKey | ContextJSONField | None", _get("CONTEXT_FIELD", ContextForeignKey()))


def context_id_field() -> ContextUUIDField | None:
    """The column that groups the events of one context where the context itself is JSON."""
    return cast("ContextUUIDField | None", _get("CONTEXT_ID_FIELD", ContextUUIDField()))


def obj_field() -> ObjForeignKey | None:
    """The reference from an event to its object."""
    return cast("ObjForeignKey | None", _get("OBJ_FIELD", ObjForeignKey()))


def field_permission() -> Callable[..., bool] | None:
    """Decides which fields somebody may see: `PGHISTORY_UI_FIELD_PERMISSION`, as `(request, model, name) -> bool`.

    The setting is a callable or the dotted path to one; without it every field of a model in sight may be seen.
    """
    return cast("Callable[..., bool] | None", _load("UI_FIELD_PERMISSION", None))


def id_field() -> type[models.Field[Any, Any]]:
    """The class of `pgh_id`."""
    return cast("type[models.Field[Any, Any]]", _load("ID_FIELD", "django.db.models.BigAutoField"))


def indexes() -> frozenset[str]:
    """Which read indexes event tables have: of "obj", "time", "context", "actor", "deletions"."""
    return frozenset(_get("INDEXES", ("obj", "time", "context", "actor", "deletions")))


def install_context_func_on_migrate() -> bool:
    """Whether every `migrate` writes the SQL functions anew."""
    return bool(_get("INSTALL_CONTEXT_FUNC_ON_MIGRATE", False))


def json_encoder() -> type[Any]:
    """The encoder of context metadata."""
    return cast("type[Any]", _load("JSON_ENCODER", DjangoJSONEncoder))


def level() -> Any:
    """The level of triggers that do not name one; None stands for row level."""
    return _get("LEVEL", None)


def middleware_methods() -> frozenset[str]:
    """HTTP methods for which the middleware opens a context."""
    return frozenset(_get("MIDDLEWARE_METHODS", ("GET", "POST", "PUT", "PATCH", "DELETE")))


def admin_all_events() -> bool:
    """Whether the list of events in the admin shows any before it is narrowed by a filter."""
    return bool(_get("ADMIN_ALL_EVENTS", True))


def admin_class() -> type[Any]:
    """The admin of the list of events."""
    return cast("type[Any]", _load("ADMIN_CLASS", "pghistory.admin.EventsAdmin"))


def admin_model() -> type[models.Model]:
    """What the list of events in the admin is about: `Events` or a proxy of it, by its label."""
    return apps.get_model(_get("ADMIN_MODEL", "pghistory.Events"))


def admin_list_display() -> Sequence[str] | None:
    """The columns of the list of events; None for the usual ones and those that a proxy adds."""
    return cast("Sequence[str] | None", _get("ADMIN_LIST_DISPLAY", None))


def admin_ordering() -> tuple[str, ...]:
    """The order of the list of events."""
    chosen = _get("ADMIN_ORDERING", "-pgh_created_at")
    return (chosen,) if isinstance(chosen, str) else tuple(chosen)


def admin_queryset() -> Any:
    """The events that the list is made of, as a queryset, a function that gives one, or its path; None for all."""
    chosen = _load("ADMIN_QUERYSET", None)
    return chosen() if callable(chosen) else chosen


def inline_rows() -> int:
    """Up to how many rows a page does long work within its request."""
    return int(_get("INLINE_ROWS", 5_000))

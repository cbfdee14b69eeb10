"""`track` and `create_event_model`: how a model's history begins.

Event models are imported when a model is tracked, not before: `import pghistory` works before Django has set up its
apps, where no model can be defined yet.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack

from django.apps import apps
from django.db import models
from pgtrigger.core import Level

from pghistory import config, errors

if TYPE_CHECKING:
    from pghistory.event_models import EventModelOptions
    from pghistory.models import Event
    from pghistory.trackers import Tracker

M = TypeVar("M", bound=type[models.Model])


def track(*trackers: Tracker, **options: Unpack[EventModelOptions]) -> Callable[[M], M]:
    """Keep the history of a model: a class decorator that makes its event model, whose triggers migrations install.

    Without trackers: insert and update, or PGHISTORY_DEFAULT_TRACKERS. Several `track`s on one model make several
    event models. The options are those of `EventModelOptions`.

    Raises errors.TrackingError, a ValueError, that names the model, the argument and the remedy.
    """

    def tracked(model: M) -> M:
        from pghistory import event_models  # noqa: PLC0415 - see the module's docstring

        _refuse_odd_options("track", model, options)
        _refuse_third_party(model, options.get("app_label"))
        event_models.declared(model, *trackers, abstract=False, options=options)
        return model

    return tracked


def create_event_model(
    tracked_model: type[models.Model], *trackers: Tracker, abstract: bool = True, **options: Unpack[EventModelOptions]
) -> type[Event]:
    """An event model class to inherit from in models.py, where it may have more fields, indexes and methods.

    With `abstract=False` the class itself is the event model. Options and errors are those of `track`.
    """
    from pghistory import event_models  # noqa: PLC0415 - see the module's docstring

    _refuse_odd_options("create_event_model", tracked_model, options)
    if not abstract:
        _refuse_third_party(tracked_model, options.get("app_label"))
    return event_models.declared(tracked_model, *trackers, abstract=abstract, options=options)


def _refuse_odd_options(caller: str, model: type[models.Model], options: Mapping[str, Any]) -> None:
    """TypeError for an option that does not exist, UnsupportedArgument for one of the wrong kind."""
    from pghistory import event_models  # noqa: PLC0415 - see the module's docstring

    known = event_models.EventModelOptions.__annotations__
    for name in options.keys() - known.keys():
        raise TypeError(f"{model._meta.label}: {caller}() has no argument `{name}`. There are: {', '.join(known)}.")
    if model._meta.abstract:
        raise errors.UnsupportedArgument(
            model=model._meta.label,
            argument="model",
            value="an abstract model",
            remedy="It has no table: track the models that inherit from it.",
        )
    for name, is_right, remedy in _KINDS:
        value = options.get(name, config.UNSET)
        if value is not None and value is not config.UNSET and not is_right(value):
            raise errors.UnsupportedArgument(
                model=model._meta.label, argument=name, value=repr(value), remedy=f"Give {remedy}."
            )


_KINDS: Final[tuple[tuple[str, Callable[[Any], bool], str], ...]] = (
    ("fields", lambda value: not isinstance(value, str), 'a list of names, as in ["price"]'),
    ("exclude", lambda value: not isinstance(value, str), 'a list of names, as in ["price"]'),
    ("obj_field", lambda value: isinstance(value, config.ObjForeignKey), "a pghistory.ObjForeignKey, or None"),
    (
        "context_field",
        lambda value: isinstance(value, config.ContextForeignKey | config.ContextJSONField),
        "a pghistory.ContextForeignKey, a pghistory.ContextJSONField, or None",
    ),
    (
        "context_id_field",
        lambda value: isinstance(value, config.ContextUUIDField),
        "a pghistory.ContextUUIDField, or None",
    ),
    (
        "base_model",
        lambda value: isinstance(value, type) and hasattr(value, "pgh_trackers"),
        "an abstract model that inherits from pghistory.models.Event",
    ),
    ("level", lambda value: isinstance(value, Level), "pghistory.Row or pghistory.Statement"),
)
"""(option, whether a value is of its kind, what to give)"""


def _refuse_third_party(model: type[models.Model], app_label: str | None) -> None:
    """ThirdPartyApp where the event model would land in an installed package that somebody else wrote.

    A package that decorates its own models while its module is being imported may do so.
    """
    if app_label is not None:
        return
    defined = getattr(sys.modules.get(model.__module__), model.__name__, None) is model
    app = apps.app_configs.get(model._meta.app_label)
    if not defined or app is None:
        return
    installed = [Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")]
    if any(Path(app.path).resolve().is_relative_to(folder) for folder in installed):
        raise errors.ThirdPartyApp(model=model._meta.label, app_label=model._meta.app_label)

"""`track` and `create_event_model`: how a model's history begins."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack

from django.apps import apps
from django.db import models

from pghistory import errors

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
        # Event models can only be made, and imported, once apps are being set up; `import pghistory` must work before.
        from pghistory import event_models

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
    # As in `track`: not before apps are being set up.
    from pghistory import event_models

    return event_models.declared(tracked_model, *trackers, abstract=abstract, options=options)


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

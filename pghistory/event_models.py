"""Building an event model for a tracked model."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from django.apps import apps
from django.db import models
from django.db.models.signals import class_prepared
from pgtrigger.core import Level

from pghistory import config, errors, fields, installation, registry, trackers
from pghistory.config import UNSET, Unset
from pghistory.models import Event
from pghistory.trackers import Tracker

UNCONSTRAINED = config.ForeignKey(on_delete=models.DO_NOTHING, db_constraint=False)
"""What every relation of an event model is, unless it is configured otherwise."""

RELATION = ("FIELD", "RELATED_FIELD", "FOREIGN_KEY_FIELD")
"""The settings that configure relations, weakest first."""

_SMALL_INITIAL = re.compile(r"(?:^|_)([a-z])")
_WORD_BORDER = re.compile(r"(?<=[^A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class EventModelOptions(TypedDict, total=False):
    """The options of `track` and `create_event_model`.

    - `fields`, `exclude`: names of the fields to keep, or to leave out; every field by default.
    - `obj_field`: an ObjForeignKey, or None for an event model without `pgh_obj`.
    - `context_field`: a ContextForeignKey, a ContextJSONField, or None for events without context.
    - `context_id_field`: a ContextUUIDField, or None, beside a context in JSON.
    - `append_only`: whether the database refuses to change, remove and truncate stored events.
    - `model_name`, `app_label`: the event model's name and app, where the defaults do not serve.
    - `base_model`: an abstract model to inherit from in the place of PGHISTORY_BASE_MODEL.
    - `attrs`, `meta`: further attributes of the event model and of its Meta.
    - `level`: pghistory.Row or pghistory.Statement for the trackers that do not say.
    """

    fields: Sequence[str] | None
    exclude: Sequence[str] | None
    obj_field: config.ObjForeignKey | None | Unset
    context_field: config.ContextForeignKey | config.ContextJSONField | None | Unset
    context_id_field: config.ContextUUIDField | None | Unset
    append_only: bool | Unset
    model_name: str | None
    app_label: str | None
    base_model: type[models.Model] | None
    attrs: Mapping[str, Any] | None
    meta: Mapping[str, Any] | None
    level: Level | None


def declared(model: type[models.Model], *wanted: Tracker, abstract: bool, options: EventModelOptions) -> type[Event]:
    """A new event model class for a tracked model; errors.TrackingError says what cannot be."""
    tracked = _tracked_fields(model, options)
    name = options.get("model_name") or _model_name(model, options)
    app_label = options.get("app_label") or model._meta.app_label
    module = _module_of(model, app_label)
    base = _base_model(options)
    chosen = wanted or tuple(trackers.defaults())
    _refuse_odd_trackers(model, chosen)
    append_only = options.get("append_only", UNSET)
    meta = {"abstract": abstract, "app_label": app_label, **(options.get("meta") or {})}
    # Users subclass an abstract one in models.py, where their class has its own app and table.
    if abstract:
        del meta["app_label"]
    attributes: dict[str, Any] = {
        # In the order of the columns, by which rows are tuples.
        **_id_column(base),
        **_obj_column(model, options),
        **_context_columns(options),
        **{field.name: mirror for field, mirror in zip(tracked, _mirrors(tracked), strict=True)},
        **(options.get("attrs") or {}),
        "pgh_tracked_model": model,
        "pgh_trackers": chosen,
        "pgh_tracked_fields": tuple(field.name for field in tracked),
        "pgh_level": options.get("level"),
        "pgh_append_only": config.append_only() if append_only is UNSET else append_only,
        "Meta": type("Meta", (), meta),
        "__module__": module,
    }
    _refuse_taken_name(model, name, app_label=app_label, module=module, abstract=abstract)
    event_model = cast("type[Event]", type(name, (base,), attributes))
    if not abstract:
        setattr(sys.modules[module], name, event_model)
    return event_model


def own_columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields that are columns of the model's own table, without those of its parents' tables."""
    return list(registry.concrete(model)._meta.local_concrete_fields)


def _tracked_fields(model: type[models.Model], options: EventModelOptions) -> list[models.Field[Any, Any]]:
    columns = {field.name: field for field in own_columns(model)}
    kept = _named(model, columns, "fields", options.get("fields"))
    left_out = _named(model, columns, "exclude", options.get("exclude")) or {}
    if issubclass(model, Event):
        # An event model that is tracked itself: its own columns would hide those of its events.
        left_out |= dict.fromkeys(name for name in columns if name.startswith("pgh_"))
    tracked = [columns[name] for name in (columns if kept is None else kept) if name not in left_out]
    if not tracked:
        raise errors.NothingTracked(model=model._meta.label, argument="fields" if kept is not None else "exclude")
    for field in tracked:
        if field.name.startswith("pgh_") or str(field.column).startswith("pgh_"):
            raise errors.ReservedName(model=model._meta.label, field=field.name)
    return tracked


def _named(
    model: type[models.Model],
    columns: Mapping[str, models.Field[Any, Any]],
    argument: str,
    given: Sequence[str] | None,
) -> dict[str, None] | None:
    """The names of fields in an argument, in its order; a foreign key may be named by its column's attribute."""
    if given is None:
        return None
    attnames = {field.attname: name for name, field in columns.items()}
    for name in given:
        if name not in columns and name not in attnames:
            known = ", ".join(columns)
            raise errors.UnknownField(model=model._meta.label, argument=argument, field=name, choices=known)
    return dict.fromkeys(attnames.get(name, name) for name in given)


def _mirrors(tracked: Sequence[models.Field[Any, Any]]) -> list[models.Field[Any, Any]]:
    names = frozenset(field.name for field in tracked)
    plain = config.field_layers("FIELD")
    one_way = config.RelatedField(related_name="+", related_query_name="+")
    relation = (UNCONSTRAINED, one_way, *config.field_layers(*RELATION))
    return [
        fields.mirrored(field, tracked=names, overrides=config.merged(*(relation if field.is_relation else plain)))
        for field in tracked
    ]


def _id_column(base: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """`pgh_id`, unless the base model brings a key of its own."""
    packaged = Event._meta.get_field("pgh_id")
    inherited = next((field for field in base._meta.local_fields if field.name == "pgh_id"), packaged)
    if inherited.creation_counter != packaged.creation_counter:
        return {}
    key = config.id_field()(primary_key=True)
    key.creation_counter = packaged.creation_counter
    return {"pgh_id": key}


def _obj_column(model: type[models.Model], options: EventModelOptions) -> dict[str, Any]:
    given = options.get("obj_field", UNSET)
    layer = config.obj_field() if given is UNSET else given
    if layer is None:
        inherited = {field.name for field in _base_model(options)._meta.local_fields}
        return {"pgh_obj": None} if "pgh_obj" in inherited else {}
    if not isinstance(layer, config.ObjForeignKey):
        raise _unsupported(model, "obj_field", layer, "Give a pghistory.ObjForeignKey, or None for no reference.")
    index = config.Field(db_index=_own_index("obj", covered_by_ours=True))
    column = _added(UNCONSTRAINED, index, *config.field_layers(*RELATION), layer)
    # An ObjForeignKey of the model's own says all about the way back, also by saying nothing.
    if given is UNSET:
        column.setdefault("related_name", _related_name(options))
    return {"pgh_obj": models.ForeignKey(model, **column)}


def _context_columns(options: EventModelOptions) -> dict[str, Any]:
    given = options.get("context_field", UNSET)
    layer = config.context_field() if given is UNSET else given
    if layer is None:
        return {}
    if isinstance(layer, config.ContextForeignKey):
        package = config.RelatedField(related_name="+", db_index=_own_index("context"))
        column = _added(UNCONSTRAINED, package, *config.field_layers(*RELATION), layer)
        return {"pgh_context": models.ForeignKey("pghistory.Context", **column)}
    given_id = options.get("context_id_field", UNSET)
    id_layer = config.context_id_field() if given_id is UNSET else given_id
    configured = config.field_layers("FIELD")
    columns: dict[str, Any] = {"pgh_context": fields.PGHistoryJSONField(**_added(*configured, layer))}
    if id_layer is not None:
        columns["pgh_context_id"] = models.UUIDField(**_added(*configured, id_layer))
    return columns


def _own_index(index: str, *, covered_by_ours: bool = False) -> bool | Unset:
    """Whether a foreign key keeps the index that Django gives it."""
    indexes = config.indexes()
    if not indexes or (index in indexes and not covered_by_ours):
        return UNSET
    return False


def _added(*layers: config.Field) -> dict[str, Any]:
    """Keyword arguments of a column that mirrors none, where DEFAULT is Django's own."""
    return {name: value for name, value in config.merged(*layers).items() if value is not config.DEFAULT}


def _model_name(model: type[models.Model], options: EventModelOptions) -> str:
    """`ProductPriceEvent` of `Product`, `price` and the base model `Event`; a capital keeps the "_" before it."""
    words = [model.__name__, *(options.get("fields") or ()), _base_model(options).__name__.lower()]
    return _SMALL_INITIAL.sub(lambda found: found[1].upper(), "_".join(words))


def _related_name(options: EventModelOptions) -> str:
    """`price_events` of `price` and the base model `Event`."""
    base = _WORD_BORDER.sub("_", _base_model(options).__name__).lower()
    return "_".join([*(options.get("fields") or ()), f"{base}s"])


def _base_model(options: EventModelOptions) -> type[models.Model]:
    return options.get("base_model") or config.base_model()


def _module_of(model: type[models.Model], app_label: str) -> str:
    """Where the class lives: in the models of the app that was named, or beside the tracked model.

    Beside it also where the other app has no models, or where they are loaded later.
    """
    other = apps.get_app_config(app_label).models_module if app_label != model._meta.app_label else None
    return other.__name__ if other else model.__module__


def _refuse_odd_trackers(model: type[models.Model], chosen: Sequence[Any]) -> None:
    for tracker in chosen:
        if not isinstance(tracker, Tracker):
            raise _unsupported(model, "trackers", tracker, "Give tracker instances, as in pghistory.InsertEvent().")


def _refuse_taken_name(model: type[models.Model], name: str, *, app_label: str, module: str, abstract: bool) -> None:
    taken = name.lower() in model._meta.apps.all_models[app_label] or hasattr(sys.modules.get(module), name)
    if not name.isidentifier() or (taken and not abstract):
        raise errors.ModelNameTaken(model=model._meta.label, name=name, module=module)


def _unsupported(model: type[models.Model], argument: str, value: object, remedy: str) -> errors.UnsupportedArgument:
    return errors.UnsupportedArgument(model=model._meta.label, argument=argument, value=repr(value), remedy=remedy)


class_prepared.connect(installation.take_in, dispatch_uid="pghistory.installation.take_in")

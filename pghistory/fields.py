"""Columns of event models: the mirror of a tracked field, and fields of the project's own kinds."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models
from django.db.models import lookups
from django.db.models.expressions import Col, RawSQL
from django.db.models.signals import class_prepared

from pghistory import config, errors

AnyField: TypeAlias = "models.Field[Any, Any]"
Kwargs = dict[str, Any]

PLAIN_INTEGERS: dict[str, type[AnyField]] = {
    "AutoField": models.IntegerField,
    "BigAutoField": models.BigIntegerField,
    "SmallAutoField": models.IntegerField,
}
"""What a generated key becomes in an event, where it is only a value."""

ENFORCED = ("primary_key", "unique", "db_index", "unique_for_date", "unique_for_month", "unique_for_year")
"""Keyword arguments that a mirror never takes over."""


class PGHistoryJSONField(models.JSONField):
    """Context metadata, written with PGHISTORY_JSON_ENCODER."""

    def deconstruct(self) -> Any:
        # The path that stands in the migrations of projects that switched.
        name, _, args, kwargs = super().deconstruct()
        return name, "pghistory.utils.JSONField", args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # On a copy: migrations compare the field itself, which knows no encoder.
        encoding = copy.copy(self)
        encoding.encoder = config.json_encoder()
        return models.JSONField.get_db_prep_value(encoding, value, connection, prepared)


class CreatedAtField(models.DateTimeField):  # type: ignore[type-arg] # Django's own takes no arguments at run time
    """When an event was stored, by the database's clock also for events that are stored by hand.

    A value that is given, as a backfill does, is kept. Migrations see a plain DateTimeField.
    """

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is not None:
            return value
        # An instance does not learn what the database gave it, and may be saved once more.
        return RawSQL(config.created_at_function(), [], output_field=self) if add else models.F(self.attname)


class SlugField(models.TextField):  # type: ignore[type-arg]
    """`pgh_slug`, "app.Model:id": what is looked up by it is looked up by its parts, by key in one event table."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


@SlugField.register_lookup
class SlugExact(lookups.Exact):
    """`pgh_slug=…`."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return _slug_sql(self.lhs, [self.rhs], compiler) or super().as_sql(compiler, connection)


@SlugField.register_lookup
class SlugIn(lookups.In):
    """`pgh_slug__in=[…]`."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        slugs = list(self.rhs) if self.rhs_is_direct_value() else []
        return _slug_sql(self.lhs, slugs, compiler) or super().as_sql(compiler, connection)


def _slug_sql(lhs: Any, slugs: list[Any], compiler: Any) -> tuple[str, list[Any]] | None:
    """The condition in the columns `pgh_model` and `pgh_id`; None where a slug is no text of two parts."""
    keys: dict[str, list[int]] = {}
    for slug in slugs:
        model, _, key = slug.rpartition(":") if isinstance(slug, str) else ("", "", "")
        if not (key.isascii() and key.isdigit() and len(key) < DIGITS_OF_A_KEY and str(int(key)) == key):
            return None
        keys.setdefault(model, []).append(int(key))
    if not keys or not isinstance(lhs, Col):
        return None
    columns = {field.name: Col(lhs.alias, field) for field in lhs.target.model._meta.concrete_fields}
    parts, params = [], []
    for model, ids in keys.items():
        for condition in (lookups.Exact(columns["pgh_model"], model), lookups.In(columns["pgh_id"], ids)):
            sql, values = compiler.compile(condition)
            parts.append(sql)
            params.extend(values)
    pairs = [f"({first} and {second})" for first, second in zip(parts[::2], parts[1::2], strict=True)]
    return f"({' or '.join(pairs)})", params


DIGITS_OF_A_KEY = 19
"""From here on a number may not fit into a bigint."""


class ProxyField:
    """A field of a proxy of an event model or of `Events` that reads through a path, as "pgh_context__metadata__user".

    It is read-only, and null where the path leads nowhere or to a value that is not of `field`'s kind, as to a name
    where a user's key is expected. `field` says which type the value has; a foreign key can be joined and selected.
    """

    def __init__(self, path: str, field: AnyField) -> None:
        self.path = path
        self.field = field

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        if not model._meta.proxy:
            raise errors.UnsupportedArgument(
                model=model._meta.label,
                argument=name,
                value=f"ProxyField({self.path!r}, …)",
                remedy="Such a field has no column of its own: set `proxy = True` in the model's Meta.",
            )
        field: Any = copy.deepcopy(self.field)
        field.proxied_path = self.path
        field.null = True
        field.editable = False
        # Inserts and updates leave out what the database makes.
        field.generated = True
        if field.remote_field:
            field.remote_field.on_delete = models.DO_NOTHING
            field.remote_field.related_name = field.remote_field.related_name or "+"
        # Private: Django gives a proxy no columns, and migrations do not see these.
        field.contribute_to_class(model, name, private_only=True)

    if TYPE_CHECKING:

        def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any: ...


def proxied_path(field: AnyField) -> str | None:
    """The path that a field reads through; None for a column."""
    return getattr(field, "proxied_path", None)


def proxied_fields(model: type[models.Model]) -> list[AnyField]:
    """The fields of a proxy that read through a path."""
    return [field for field in model._meta.private_fields if proxied_path(field) is not None]


def complete_proxy(sender: type[models.Model], **signal: Any) -> None:
    """Receiver of `class_prepared`: what Django does not do for a proxy with fields.

    It inherits those of the proxies that it is a proxy of, and where Django reads rows on its own account, as in
    `refresh_from_db`, it does so by the manager that knows these fields.
    """
    if not sender._meta.proxy:
        return
    names = {field.name for field in proxied_fields(sender)}
    for parent in sender.__mro__[1:]:
        for field in proxied_fields(parent) if hasattr(parent, "_meta") else ():
            path = proxied_path(field)
            if path is not None and field.name not in names:
                names.add(field.name)
                ProxyField(path, field).contribute_to_class(sender, field.name)
    if names and sender._meta.base_manager_name is None and sender._meta.default_manager is not None:
        sender._meta.base_manager_name = sender._meta.default_manager.name


class_prepared.connect(complete_proxy, dispatch_uid="pghistory.fields.complete_proxy")


class StoredValue:
    """Stands before a field class whose `pre_save` makes values (auto_now, files): an event keeps what it is given."""

    attname: str

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return getattr(model_instance, self.attname)

    def update_dimension_fields(self, *args: Any, **kwargs: Any) -> None:
        """Measures no picture: an event's sizes are stored, or not tracked, and its file may be gone."""


class MirroredParentLink(models.ForeignKey):  # type: ignore[type-arg] # Django's own takes no arguments at run time
    """The link of a child to its parent, in the child's events: to Django an ordinary relation.

    Migrations show the link, as those of projects that switched do. Were it one, `makemigrations` would make the event
    model before the parent that it refers to.
    """

    def __init__(self, *args: Any, parent_link: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, {**kwargs, "parent_link": True}


def mirrored(field: AnyField, *, tracked: frozenset[str], overrides: Kwargs) -> AnyField:
    """A field that holds the values of the tracked one and enforces nothing.

    Generated keys become plain integers, which nothing configures; uniqueness and indexes are dropped; relations are
    unconstrained; the column keeps its name. `overrides` are keyword arguments of the configuration, which win. A
    generated column is generated in the event table too where all that it is made of is `tracked`, and else holds the
    value as it was.
    """
    if isinstance(field, models.GeneratedField):
        return _mirror_of_generated(field, tracked, overrides)
    if (integer := PLAIN_INTEGERS.get(field.get_internal_type())) is not None:
        return integer(db_column=field.db_column)
    args, kwargs = _relation_arguments(field) if isinstance(field, models.ForeignKey) else field.deconstruct()[2:]
    kwargs = _overridden(kwargs, overrides)
    field_class = type(field)
    if isinstance(field, models.OneToOneField):
        field_class = MirroredParentLink if kwargs.get("parent_link") else models.ForeignKey
    if isinstance(field, models.SlugField) and "db_index" not in overrides:
        kwargs["db_index"] = False
    made_by_pre_save = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if made_by_pre_save or isinstance(field, models.FileField):
        field_class = _storing(field_class)
    return _made(field_class, args, kwargs)


def _overridden(own: Kwargs, overrides: Kwargs) -> Kwargs:
    """A field's own keyword arguments without those that enforce something, and with those of the configuration."""
    kwargs = {name: value for name, value in own.items() if name not in ENFORCED}
    for name, value in overrides.items():
        if value is not config.DEFAULT:
            kwargs[name] = value
        elif name in own:
            kwargs[name] = own[name]
    return kwargs


def _relation_arguments(field: Any) -> tuple[Any, Kwargs]:
    """A relation's arguments while models are still being loaded, when Django cannot say yet what is swappable."""
    plain = copy.copy(field)
    plain.swappable = False
    _, _, args, kwargs = plain.deconstruct()
    # For an index, DEFAULT is Django's own also where the tracked relation has none.
    kwargs.pop("db_index", None)
    target = field.remote_field.model
    if isinstance(target, str) and "." not in target:
        target = f"{field.model._meta.app_label}.{target}"
    return args, {**kwargs, "to": target, **({} if field.swappable else {"swappable": False})}


def _mirror_of_generated(field: Any, tracked: frozenset[str], overrides: Kwargs) -> AnyField:
    referenced = {path[0] for path in field.model._get_expr_references(field.expression)}
    source = field if referenced <= tracked else field.output_field
    _, _, args, kwargs = source.deconstruct()
    # Nobody edits what the database makes.
    kwargs = _overridden(kwargs, {name: value for name, value in overrides.items() if name != "editable"})
    if source is not field:
        kwargs |= {"null": True, "db_column": field.column}
    return _made(type(source), args, kwargs)


def _made(field_class: type[AnyField], args: Any, kwargs: Kwargs) -> AnyField:
    excluded = {
        name
        for excluded_class, names in config.exclude_field_kwargs().items()
        if issubclass(field_class, excluded_class)
        for name in names
    }
    return field_class(*args, **{name: value for name, value in kwargs.items() if name not in excluded})


def _storing(field_class: type[AnyField]) -> type[AnyField]:
    """A subclass under the name of its class, so that migrations and forms see the class that the model was given."""
    names = {"__module__": field_class.__module__, "__qualname__": field_class.__qualname__}
    return type(field_class.__name__, (StoredValue, field_class), names)

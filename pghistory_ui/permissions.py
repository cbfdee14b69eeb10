"""What the one who asks may see and do: the only place that decides it.

Permission comes from the tracked model: from its ModelAdmin on this site, or, where there is none, from the `view_` and
`change_` permissions of its concrete model. Every list, fragment, count, export and link starts from an `Access`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, Self

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from pghistory import registry, visibility
from pghistory.models import Event
from pghistory.restore import Revision
from pghistory.timeline import Entry, Timeline, instances_by_key, instances_of
from pghistory.visibility import Visibility, has_object
from pghistory_ui import config

KEPT: Final = 5_000

ACTIONS: Final = {"insert": "add", "update": "change", "delete": "delete"}
"""{what is written to a row: the permission that it needs}."""

UNDOING: Final = {"insert": "delete", "update": "change", "delete": "add"}
"""{kind of an event: the permission that taking it back needs}."""


class Access:
    """The rights of one request on one admin site; answers are kept for the length of the request."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self.request = request
        self.site = site
        self._hidden: dict[type[Event], frozenset[str]] = {}
        self._visibilities: dict[type[Model], Visibility] = {}
        self._viewable: defaultdict[tuple[type[Model], str], dict[Any, Model | None]] = defaultdict(dict)

    @classmethod
    def of(cls, request: HttpRequest, site: AdminSite) -> Self:
        """The one of a request: the admin asks for it once a page and more often."""
        kept: dict[Any, Self] = request.__dict__.setdefault("_pghistory_access", {})
        return kept.setdefault((site, request.user.pk), cls(request, site))

    def model_admin(self, model: type[Model]) -> ModelAdmin[Any] | None:
        """The ModelAdmin that speaks for a model: a proxy counts as its concrete model's."""
        return visibility.model_admin(self.site, model)

    def visibility(self, model: type[Model]) -> Visibility:
        """What may be seen of a model."""
        if model not in self._visibilities:
            self._visibilities[model] = visibility.visibility(self.request, self.site, model)
        return self._visibilities[model]

    def may_view(self, model: type[Model]) -> bool:
        """Whether anything of the model may be seen."""
        return self.visibility(model).allowed

    def viewable(self, model: type[Model], keys: Iterable[Any], attribute: str = "pk") -> dict[Any, Model]:
        """The living objects with these keys that may be seen, by key; in one query, and none for what is known."""
        seen = self.visibility(model)
        if not seen.allowed:
            return {}
        wanted = set(keys)
        known = self._known(model, attribute)
        if missing := [key for key in wanted if key not in known]:
            known |= dict.fromkeys(missing)
            if attribute == "pk":
                objects = instances_by_key(seen.rows, missing)
            else:
                objects = instances_of(seen.rows.filter(**{f"{attribute}__in": missing}))
            known |= {
                getattr(found, attribute): found
                for found in objects
                if not seen.by_object or self._may_view_object(found)
            }
        return {key: found for key in wanted if (found := known.get(key)) is not None}

    def viewable_where(self, model: type[Model], **lookups: Any) -> QuerySet[Model]:
        """The rows that may be seen and answer lookups; a ModelAdmin that decides by object is not asked."""
        seen = self.visibility(model)
        return seen.rows.filter(**lookups) if seen.allowed and not seen.by_object else seen.rows.none()

    def staff(self, users: type[Model]) -> QuerySet[Model]:
        """The users that may be seen and may log in to the admin; all, where that is no column but worked out."""
        stored = {field.name for field in users._meta.concrete_fields}
        return self.viewable_where(users, **({"is_staff": True} if "is_staff" in stored else {}))

    def remember(self, objects: Iterable[Model]) -> None:
        """Living objects that may be seen and were read for another end: they need not be asked for again."""
        for found in objects:
            self._known(type(found), "pk")[found.pk] = found

    def _known(self, model: type[Model], attribute: str) -> dict[Any, Model | None]:
        """What was asked for before, by key; an export reads more than should be kept."""
        known = self._viewable[model, attribute]
        if len(known) > KEPT:
            known.clear()
        return known

    def may_view_deleted(self, model: type[Model]) -> bool:
        """Whether events of the model's deleted objects may be seen."""
        seen = self.visibility(model)
        return seen.allowed and seen.deleted

    def may_change(self, model: type[Model], found: Model) -> bool:
        """Whether a living object that may be seen may also be changed, and so have an event recorded."""
        admin = self.model_admin(model)
        if admin is None:
            return visibility.has_permission(self.request, "change", model)
        return admin.has_change_permission(self.request, found)

    def may_backfill(self, model: type[Model]) -> bool:
        """Whether a job may be ordered that stores events of the model's rows."""
        return visibility.may_backfill(self.request, self.site, model)

    def may_restore(self, model: type[Model], found: Model | None) -> bool:
        """Whether a living object may be changed by a restore, or a deleted one added again."""
        return self._may_write(model, "add" if found is None else "change", found)

    def may_undo(self, entries: Iterable[Entry]) -> bool:
        """Whether anything that these entries tell may be taken back."""
        return any(
            self._may_write(entry.tracked_model, UNDOING[entry.kind]) for entry in entries if entry.kind in UNDOING
        )

    def forbidden(self, revisions: Iterable[Revision]) -> set[str]:
        """The slugs of the revisions that may not be written: by permission of the model and of its ModelAdmin."""
        together: defaultdict[tuple[type[Model], str], list[Revision]] = defaultdict(list)
        for revision in revisions:
            together[revision.span.event_model.pgh_tracked_model, ACTIONS[revision.operation]].append(revision)
        return {slug for (model, action), found in together.items() for slug in self._refused(model, action, found)}

    def _refused(self, model: type[Model], action: str, revisions: list[Revision]) -> set[str]:
        slugs = {revision.slug for revision in revisions}
        if not self._may_write(model, action):
            return slugs
        if action == "add":
            return set() if self.may_view_deleted(model) else slugs
        admin = self.model_admin(model)
        name = f"has_{action}_permission"
        decides = admin is not None and getattr(type(admin), name) is not getattr(ModelAdmin, name)
        if self.visibility(model).whole and not decides and not hasattr(admin, "has_restore_history_permission"):
            return set()
        key: Any = registry.concrete(model)._meta.pk
        living = self.viewable(model, [key.to_python(revision.span.obj) for revision in revisions])
        allowed = {str(found.pk) for found in living.values() if self._may_write(model, action, found)}
        return {revision.slug for revision in revisions if revision.span.obj not in allowed}

    def _may_write(self, model: type[Model], action: str, found: Model | None = None) -> bool:
        """Whether a restore may do this to an object of a model, or to any of them."""
        configured = config.restore()
        if not configured or (isinstance(configured, str) and not self.request.user.has_perm(configured)):
            return False
        if not self.may_view(model) or not visibility.has_permission(self.request, action, model):
            return False
        admin: Any = self.model_admin(model)
        if admin is None:
            return True
        decide = getattr(admin, "has_restore_history_permission", None)
        if decide is not None and not decide(self.request, found):
            return False
        if action == "add":
            return bool(admin.has_add_permission(self.request))
        return bool(getattr(admin, f"has_{action}_permission")(self.request, found))

    def may_record(self, model: type[Model], found: Model) -> bool:
        """Whether an event may be recorded by hand: as the object may be changed, or as its ModelAdmin says."""
        return self._decided(model, "has_record_history_permission", found, other=self.may_change(model, found))

    def may_export(self, model: type[Model]) -> bool:
        """Whether the history of a model in sight may leave the site as a file; yes unless its ModelAdmin says no."""
        return self._decided(model, "has_export_history_permission", other=True)

    def _decided(self, model: type[Model], name: str, *arguments: Any, other: bool) -> bool:
        decide = getattr(self.model_admin(model), name, None)
        return bool(decide(self.request, *arguments)) if decide else other

    @cached_property
    def exportable(self) -> tuple[type[Event], ...]:
        """The event models in sight whose events may be exported."""
        return tuple(found for found in self.event_models if self.may_export(found.pgh_tracked_model))

    @cached_property
    def event_models(self) -> tuple[type[Event], ...]:
        """The event models of which anything may be seen, in the order of definition.

        An event that belongs to no object counts as one of a deleted object.
        """
        return tuple(found for found in registry.event_models() if self._sees(found))

    @property
    def sees_any(self) -> bool:
        """Whether there are such: the list of applications on every page of an admin asks, and stops at the first."""
        return any(self._sees(found) for found in registry.event_models())

    def _sees(self, event_model: type[Event]) -> bool:
        model = event_model.pgh_tracked_model
        return self.may_view(model) and (has_object(event_model) or self.may_view_deleted(model))

    @cached_property
    def tracked_models(self) -> tuple[type[Model], ...]:
        """The tracked models of which anything may be seen, as they were declared."""
        return tuple(dict.fromkeys(event_model.pgh_tracked_model for event_model in self.event_models))

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the mirrored fields that may be seen in some event model in sight."""
        return frozenset(
            name
            for found in self.event_models
            for name in found.pgh_tracked_fields
            if name not in self.hidden_fields(found)
        )

    def hidden_fields(self, event_model: type[Event]) -> frozenset[str]:
        """The mirrored fields that `PGHISTORY_UI_FIELD_PERMISSION` withholds from the one who asks."""
        if event_model not in self._hidden:
            self._hidden[event_model] = visibility.hidden_fields(self.request, event_model)
        return self._hidden[event_model]

    def with_field(self, name: str) -> tuple[type[Event], ...]:
        """The event models in sight that mirror a field which may be seen there."""
        return tuple(
            found
            for found in self.event_models
            if name in found.pgh_tracked_fields and name not in self.hidden_fields(found)
        )

    def redacted(self, entry: Entry) -> Entry:
        """An entry without the fields that may not be seen: every page, count and file shows entries so."""
        return visibility.redacted(entry, self.hidden_fields(entry.event_model))

    def event_models_of(self, model: type[Model]) -> tuple[type[Event], ...]:
        """The event models of a model's table that may be seen."""
        return tuple(found for found in registry.event_models_of(model) if found in self.event_models)

    def timeline(self, *event_models: type[Event]) -> Timeline:
        """The timeline of everything that may be seen, or of some of the event models that may be seen."""
        chosen = [found for found in event_models or self.event_models if found in self.event_models]
        seen = {model: self.visibility(model) for model in dict.fromkeys(found.pgh_tracked_model for found in chosen)}
        limited = {model: each.rows for model, each in seen.items() if not each.is_unlimited}
        return Timeline().across(*chosen).within(limited, deleted=[model for model in limited if seen[model].deleted])

    def history_of(self, found: Model) -> Timeline:
        """The timeline of one object that may be seen, or of a deleted one whose history may be seen."""
        event_models = [each for each in self.event_models_of(type(found)) if has_object(each)]
        return Timeline().across(*event_models).of(found)

    def sees_every_row(self, event_model: type[Event]) -> bool:
        """Whether numbers about the whole table tell nothing that may not be seen."""
        return self.visibility(event_model.pgh_tracked_model).whole

    def may_view_entry_object(self, model: type[Model], found: Model | None) -> bool:
        """Whether an entry that the timeline gave may be shown: the part that only the ModelAdmin can decide."""
        seen = self.visibility(model)
        return found is None or not seen.by_object or self._may_view_object(found)

    @property
    def counts_are_true(self) -> bool:
        """Whether the database alone can count what may be seen."""
        return self.may_count(self.event_models)

    def may_count(self, event_models: Iterable[type[Event]]) -> bool:
        """Whether numbers about the rows in sight of these event models tell of no row that a ModelAdmin hides."""
        return not any(self.visibility(found.pgh_tracked_model).by_object for found in event_models)

    def _may_view_object(self, found: Model) -> bool:
        return visibility.may_view_object(self.request, self.site, found)

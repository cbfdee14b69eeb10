"""Addresses of pages, and what objects, targets of foreign keys and actors are called.

A page collects the keys it will show first; then each model is asked once, and only for what may be seen.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.urls import NoReverseMatch
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory.models import Event
from pghistory.timeline import Entry
from pghistory_ui.addresses import Addresses, address
from pghistory_ui.departed import Departed, departed, instance, without_queries
from pghistory_ui.mirrored import Target, field_of, foreign_keys, pointers, pointing, target_of
from pghistory_ui.permissions import Access
from pghistory_ui.targets import Targets

TIMELINE_TEMPLATE: Final = "pghistory_ui/object_history.html"
LONGEST_LABEL: Final = 120


# As for rows: frozen, each would take five times as long to make.
@dataclass(slots=True)
class Link:
    """What something is called, and its page where there is one that may be opened; `note` says what became of it."""

    label: str
    url: str = ""
    note: str = ""
    known: bool = True

    def __str__(self) -> str:
        return self.label


def page_url(site: AdminSite, name: str, *args: Any) -> str:
    """The address of a page of the browser, as `page_url(site, "object", "shop.Product", 5)`."""
    return address(site, f"pghistory_ui_{name}", *args)


def activity_url(site: AdminSite) -> str:
    """The address of everything, newest first."""
    return address(site, "pghistory_events_changelist")


def admin_url(site: AdminSite, model: type[Model], page: str, *args: Any) -> str:
    """The address of an admin page of a model, or "" where it has none."""
    options = registry.concrete(model)._meta if registry.concrete(model) in site._registry else model._meta
    try:
        return address(site, f"{options.app_label}_{options.model_name}_{page}", *args)
    except NoReverseMatch:
        return ""


def timeline_url(access: Access, model: type[Model], key: object, *, living: bool) -> str:
    """The address of an object's timeline: its History page where that is ours and the object lives."""
    admin = access.model_admin(model)
    if living and admin is not None and admin.object_history_template == TIMELINE_TEMPLATE:
        return admin_url(access.site, model, "history", key)
    return page_url(access.site, "object", model._meta.label, key)


class Links:
    """The names and addresses that one page shows."""

    def __init__(self, access: Access, entries: Iterable[Entry]) -> None:
        self.access = access
        self._entries = list(entries)
        self._addresses = Addresses()
        self._keys: defaultdict[Target, set[Any]] = defaultdict(set)
        self._found: dict[Target, dict[Any, Model]] = {}
        self._targets: dict[tuple[Target, Any], Link] = {}
        self._departed: dict[Target, dict[Any, Departed]] = {}
        self._actors: dict[tuple[str, str | None], Link] = {}
        self._labels: dict[tuple[type[Model], Any], str] = {}
        self._user_keys: dict[str, Any] = {}
        for entry in self._entries:
            self.expect_actor(entry.actor)

    def event(self, entry: Entry) -> str:
        """The permalink of an entry."""
        label = entry.event_model._meta.label
        return self._addresses.of(label, entry.id, partial(page_url, self.access.site, "event", label))

    def context(self, entry: Entry) -> str:
        """The page of an entry's context, or "" where it has none."""
        key = entry.context.id if entry.context else None
        return self._addresses.of("context", key, partial(page_url, self.access.site, "context")) if key else ""

    def object(self, entry: Entry) -> Link:
        """The object of an entry; a deleted one is called what it was called when it was last seen."""
        model, key = entry.tracked_model, entry.obj_id
        if key is None:
            ends = self.ends(entry)
            return ends[0] if ends else Link(str(capfirst(model._meta.verbose_name)))
        living = entry.object is not None
        if entry.object is not None:
            label = self.living(entry.object)
        else:
            label = self._label_of_gone(model, entry.after or entry.before or {}, entry.event) or f"#{key}"
        return Link(label, self._timeline(model, key, living=living), known=living)

    def living(self, found: Model) -> str:
        """What an object that lives is called."""
        return self._label(found) or f"#{found.pk}"

    def ends(self, entry: Entry) -> list[Link]:
        """What a many-to-many row joins, since it has no name of its own: each end with its timeline."""
        state = entry.after or entry.before or {}
        links = []
        for name in foreign_keys(entry):
            field, key = field_of(entry, name), state[name]
            found = self._fetch(target_of(field)).get(key) if isinstance(field, ForeignKey) else None
            if isinstance(field, ForeignKey) and key is not None:
                tracked = found is not None and self.access.event_models_of(field.related_model)
                url = self._timeline(field.related_model, found.pk, living=True) if found and tracked else ""
                links.append(replace(self.target(field, key), url=url))
        return links

    def target(self, field: ForeignKey[Any, Any], key: Any) -> Link:
        """What a foreign key points to: label and page for those who may see it, else the bare key."""
        place = (target_of(field), key)
        if place not in self._targets:
            self._targets[place] = self._target(field.related_model, *place)
        return self._targets[place]

    def _target(self, model: type[Model], target: Target, key: Any) -> Link:
        found = self._fetch(target).get(key)
        if found is not None:
            return Link(self._label(found) or f"#{key}", self._change(model, found.pk))
        if not self.access.may_view(model) or self.access.visibility(model).restricted:
            return Link(f"#{key}", known=False)
        last = self._departed_of(target).get(key)
        if last is None:
            return Link(f"#{key}", note=_("no longer exists"), known=False)
        label = self._label_of_gone(model, last.state, last.event)
        on = last.deleted_on and date_format(last.deleted_on, "DATE_FORMAT")
        note = _("was deleted on %s") % on if on else _("no longer exists")
        return Link(label or f"#{key}", self._timeline(model, key, living=False), note, known=False)

    def _departed_of(self, target: Target) -> dict[Any, Departed]:
        """What is known of the targets that are gone: they are looked for in their own history, all at once."""
        if target not in self._departed:
            living = self._fetch(target)
            missing = self._keys[target] - living.keys() if target[1] == "pk" else ()
            self._departed[target] = departed(self.access, target[0], missing)
        return self._departed[target]

    def actor(self, entry: Entry) -> Link | None:
        """Who did it: the living user for those who may see users, else the label kept at the time."""
        return self.known_actor(entry.actor, entry.actor_label)

    def known_actor(self, actor: Any, kept: str | None) -> Link | None:
        """The same for the user key in a context and the label that was kept with it."""
        if actor in (None, "") and not kept:
            return None
        place = (repr(actor), kept)
        if place not in self._actors:
            self._actors[place] = self._actor(actor, kept)
        return self._actors[place]

    def _actor(self, actor: Any, kept: str | None) -> Link:
        model = get_user_model()
        found = self._fetch((model, "pk")).get(self._user_key(actor))
        if found is not None:
            return Link(user_label(found), self._change(model, found.pk))
        gone = self.access.may_view(model) and not self.access.visibility(model).restricted
        label = kept or (str(actor) if as_key(model, actor) is None else "")
        if label:
            return Link(label, note=_("user since deleted") if gone else "", known=False)
        return Link(_("User #%s") % actor if gone else _("A user"), known=False)

    def _timeline(self, model: type[Model], key: Any, *, living: bool) -> str:
        make = partial(timeline_url, self.access, model, living=living)
        return self._addresses.of((model, living), key, make)

    def _change(self, model: type[Model], key: Any) -> str:
        return self._addresses.of((model, "change"), key, partial(admin_url, self.access.site, model, "change"))

    def expect_actor(self, actor: Any) -> None:
        """Takes the user key in a context into the query for users."""
        key = self._user_key(actor)
        if key is not None:
            self._keys[get_user_model(), "pk"].add(key)

    def expect_targets(self, found: Model) -> None:
        """Takes what a living object points to into the queries for targets: its name may be made of theirs."""
        held = vars(found)
        for attname, _field, target in pointers(type(found)):
            if (key := held.get(attname)) is not None:
                self._keys[target].add(key)

    def _user_key(self, actor: Any) -> Any:
        """The user key in a context as a key; None where it cannot be one."""
        # Metadata may hold anything, also what has no hash.
        place = repr(actor)
        if place not in self._user_keys:
            self._user_keys[place] = as_key(get_user_model(), actor)
        return self._user_keys[place]

    def _fetch(self, target: Target) -> dict[Any, Model]:
        if target not in self._found:
            model, attribute = target
            keys = self._keys[target]
            for entry in self._entries:
                keys.update(self._pointed(entry, target))
            if keys and self.access.visibility(model).whole:
                known = (entry.object for entry in self._entries if entry.tracked_model is model)
                self.access.remember(found for found in known if found is not None)
            self._found[target] = self.access.viewable(model, keys, attribute) if keys else {}
        return self._found[target]

    def _pointed(self, entry: Entry, target: Target) -> Iterator[Any]:
        """The keys of a target that an entry holds, before and after."""
        names = (name for name, found in pointing(entry) if found == target)
        return (key for name in names for key in entry.sides(name) if key is not None)

    def _label(self, found: Model) -> str:
        """What a living object calls itself; targets that the page has fetched anyway are not asked for again."""
        place = (type(found), found.pk)
        if place not in self._labels:
            self._labels[place] = self._own_label(found)
        return self._labels[place]

    def _own_label(self, found: Model) -> str:
        found._state.fields_cache = Targets(found, self._fetch)
        return clipped(called(found))

    def _label_of_gone(self, model: type[Model], state: dict[str, Any], event: Event) -> str:
        """What a deleted object called itself, from its last recorded state and without asking the database."""
        gone = instance(model, state, event)
        targets = gone._state.fields_cache = Targets(gone, self._fetch)
        targets.complete()
        with without_queries(event):
            return clipped(called(gone))


def called(found: Model) -> str:
    """`str()` of an object, or "" where the project's `__str__` fails on an old state."""
    try:
        return str(found)
    except Exception:  # a project's own code, on a state that it may never have expected, can raise anything
        return ""


def clipped(label: str) -> str:
    """A label of a length that fits a line or two."""
    text = label.replace("\0", "")
    return text if len(text) <= LONGEST_LABEL else Truncator(text).chars(LONGEST_LABEL)


def user_label(user: Model) -> str:
    """A user's full name, or else the name to log in with."""
    full_name: Callable[[], str] | None = getattr(user, "get_full_name", None)
    return clipped((full_name() if full_name else "") or str(user))


def as_key(model: type[Model], value: object) -> Any:
    """A text as a key of the model, or None when it cannot be one."""
    field: Any = model._meta.pk
    while field.remote_field:
        field = field.target_field
    if value in (None, "") or "\0" in str(value):
        return None
    try:
        key = field.to_python(value)
        field.run_validators(key)
    except (ValidationError, TypeError, ValueError, OverflowError):
        return None
    return key


def as_uuid(text: str) -> uuid.UUID | None:
    """The id of a context or a job in an address; None for a text that is none."""
    try:
        return uuid.UUID(unquote(text))
    except ValueError:
        return None

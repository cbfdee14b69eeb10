"""What the pages of restore and undo show of a plan: fields, rows, and the events that were written and taken back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.db import DEFAULT_DB_ALIAS
from django.db.models import ManyToManyField, Model
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import registry, restore
from pghistory.restore import Choice, Plan, Revision
from pghistory.timeline import Entry
from pghistory_ui import clock, ledger
from pghistory_ui.cards import Desk
from pghistory_ui.links import Links, called, clipped, page_url
from pghistory_ui.permissions import Access
from pghistory_ui.renderers import Value, renderer_class
from pghistory_ui.renderers.base import shown
from pghistory_ui.rows import Row

CONFLICTS: Final = 100
"""So many rows with conflicts are shown to be chosen from."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field: `conflict` says who edited it since; `first_url` is where what it refers to can be restored first."""

    choice: Choice
    title: str
    base: Value
    then: Value
    now: Value
    conflict: str = ""
    first_url: str = ""

    @property
    def id(self) -> str:
        """The id of its tick."""
        return f"pgh-field-{self.choice.name}"


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One field of one row that was edited since; `name` is the value of the tick that writes over it."""

    name: str
    model: str
    object: str
    title: str
    base: Value
    then: Value
    now: Value
    edit: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of one model that cannot be written for one reason: how many, and the first keys."""

    model: str
    count: str
    keys: str
    problem: str


@dataclass(frozen=True, slots=True)
class Events:
    """The events that would be written, as far as they may be seen, and how many there are."""

    rows: tuple[Row, ...]
    note: str
    hidden: str = ""


def field_rows(access: Access, entry: Entry, plan: Plan) -> tuple[FieldRow, ...]:
    """The fields of a plan, with the names that the reader may see."""
    edits = [choice.edit for choice in plan.choices if choice.edit is not None]
    plain = [choice for choice in plan.choices if not isinstance(choice.field, ManyToManyField)]
    states = ({choice.name: getattr(choice, side) for choice in plain} for side in ("base", "then", "now"))
    links = Links(access, [*(entry.telling(before=state, after=None) for state in states), *edits])
    withheld = hidden(access, plan)
    return tuple(
        _hidden_row(choice, gone=entry.object is None)
        if choice.name in withheld
        else _field_row(access, links, choice, gone=entry.object is None)
        for choice in plan.choices
    )


def hidden(access: Access, plan: Plan) -> frozenset[str]:
    """The names of fields that the reader may not see, in any of the tables that a restore writes to."""
    event_models = {batch.common.span.event_model for batch in plan.revisions.batches}
    return frozenset(name for event_model in event_models for name in access.hidden_fields(event_model))


def _hidden_row(choice: Choice, *, gone: bool) -> FieldRow:
    """A field without its values: it comes back with a row that is gone where it can, and is else left as it is."""
    shown_choice = choice if gone and not choice.problem else choice.refused(_("You may not see this field."))
    nothing = Value(_("hidden"), empty=True)
    return FieldRow(shown_choice, str(capfirst(str(choice.field.verbose_name))), nothing, nothing, nothing)


def _field_row(access: Access, links: Links, choice: Choice, *, gone: bool) -> FieldRow:
    field = choice.field
    title = str(capfirst(str(field.verbose_name)))
    conflict = ""
    if isinstance(field, ManyToManyField):
        base, then, now = (_joined(access, field, value) for value in (choice.base, choice.then, choice.now))
        conflict = _("Changed since.") if choice.conflict else ""
    else:
        renderer = renderer_class(field)(choice.name, field, links)
        nothing = Value("", empty=True)
        base = renderer.value(choice.base)
        then, now = (nothing if gone else renderer.value(value) for value in (choice.then, choice.now))
        if choice.conflict:
            conflict = _edited(links, choice.edit)
    return FieldRow(choice, title, base, then, now, conflict, _first_url(access, choice))


def _first_url(access: Access, choice: Choice) -> str:
    """The page that brings back what a foreign key refers to and that is gone; "" where there is none to be used."""
    if choice.missing is None or not access.may_restore(choice.missing[0], None):
        return ""
    event = restore.deletion(*choice.missing, using=DEFAULT_DB_ALIAS)
    if event is None or not access.may_view_deleted(event.pgh_tracked_model):
        return ""
    return page_url(access.site, "restore", event._meta.label, event.pk)


def _edited(links: Links, edit: Entry | None) -> str:
    """Who set what is there now, and when."""
    if edit is None:
        return _("edited since")
    at = clock.local(edit.at)
    when = f"{date_format(at, 'DATE_FORMAT')}, {at:%H:%M}" if at.date() != clock.today() else f"{at:%H:%M}"
    actor = links.actor(edit)
    if actor is None:
        return _("edited %(when)s") % {"when": when}
    return _("edited by %(actor)s, %(when)s") % {"actor": actor.label, "when": when}


def _joined(access: Access, field: ManyToManyField[Any, Any], keys: Iterable[Any]) -> Value:
    """What a many-to-many field joins, by the names that may be seen."""
    found = access.viewable(field.related_model, keys)
    names = sorted(clipped(called(found[key])) if key in found else f"#{key}" for key in keys)
    return Value(shown(", ".join(names), 500)) if names else Value(_("none"), empty=True)


def events(request: HttpRequest, site: AdminSite, plan: Plan) -> Events:
    """The events of a preview, on rights of their own: the objects are as they would be, and must not be kept."""
    access = Access(request, site)
    seen = [entry for entry in plan.events if entry.event_model in access.event_models]
    seen = list(ledger.viewable(access, seen))
    desk = Desk(Links(access, seen), whole=True)
    number = number_format(plan.count, force_grouping=True)
    count = ngettext("%s event", "%s events", plan.count) % number
    rows = number_format(len(plan.writes), force_grouping=True)
    note = _("%s, written and rolled back just now") % count
    if plan.sampled:
        note = _("%(rows)s rows; %(events)s of a sample were written and rolled back just now") % {
            "rows": rows,
            "events": count,
        }
    hidden = plan.count - len(seen)
    more = ngettext("and %s more event", "and %s more events", hidden) % number_format(hidden, force_grouping=True)
    return Events(tuple(desk.row(entry) for entry in seen), note, more if hidden > 0 else "")


def left_out(access: Access, plan: Plan) -> tuple[LeftOut, ...]:
    """The rows that cannot be written, of models that may be seen; keys of those that may not are not told."""
    together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for revision in plan.left_out:
        model = revision.span.event_model.pgh_tracked_model
        named = f"#{revision.span.obj}" if revision.span.obj and revision.problem != restore.NOT_PERMITTED else ""
        if access.may_view(model):
            together[str(capfirst(model._meta.verbose_name)), revision.problem].append(named)
        else:
            together[_("Another model"), restore.NOT_PERMITTED].append("")
    return tuple(
        LeftOut(model, number_format(len(keys)), ", ".join(filter(None, keys[:5])), problem)
        for (model, problem), keys in together.items()
    )


def conflict_rows(access: Access, plan: Plan) -> tuple[ConflictRow, ...]:
    """The conflicts of an undo in rows that may be seen, with what is before, then and now in each field."""
    seen = [
        (revision, choice)
        for revision, choice in restore.conflicts(_visible(access, plan.conflicts[:CONFLICTS]), plan.intent.using)
        if choice.name not in access.hidden_fields(revision.span.event_model)
    ]
    edits = [choice.edit for _revision, choice in seen if choice.edit is not None]
    entries = [
        choice.edit.telling(before={choice.name: value}, after=None)
        for _revision, choice in seen
        if choice.edit is not None
        for value in (choice.base, choice.then, choice.now)
    ]
    links = Links(access, [*entries, *edits])
    rows = []
    for revision, choice in seen:
        model = revision.span.event_model.pgh_tracked_model
        renderer = renderer_class(choice.field)(choice.name, choice.field, links)
        base, then, now = (renderer.value(value) for value in (choice.base, choice.then, choice.now))
        whole = revision.span.base is None
        found = next(iter(access.viewable(model, [_key(model, revision)]).values()), None)
        rows.append(
            ConflictRow(
                name=f"{revision.slug}:{'' if whole else choice.name}",
                model=str(capfirst(model._meta.verbose_name)),
                object=clipped(called(found)) if found is not None else f"#{revision.span.obj}",
                title=str(capfirst(str(choice.field.verbose_name))),
                base=Value(_("did not exist"), empty=True) if whole else base,
                then=then,
                now=now,
                edit=_edited(links, choice.edit),
            )
        )
    return tuple(rows)


def summary(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """(model, changed back, added again, removed) of what would be written."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (model, operation), count in plan.counts.items():
        counts[str(capfirst(model._meta.verbose_name_plural))][operation] += count
    return tuple(
        (title, *(number_format(found[operation], force_grouping=True) for operation in ("update", "insert", "delete")))
        for title, found in counts.items()
    )


def _visible(access: Access, found: Sequence[Revision]) -> list[Revision]:
    seen = []
    for model, group in groupby(found, key=lambda revision: revision.span.event_model.pgh_tracked_model):
        together = list(group)
        keys = {str(key) for key in access.viewable(model, [_key(model, revision) for revision in together])}
        seen += [revision for revision in together if revision.span.obj in keys]
    return seen


def _key(model: type[Model], revision: Revision) -> Any:
    key: Any = registry.concrete(model)._meta.pk
    return key.to_python(revision.span.obj)

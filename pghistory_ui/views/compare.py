"""Any two versions of an object, side by side or in one column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pghistory import registry
from pghistory.timeline import Entry
from pghistory.visibility import has_object
from pghistory_ui import clock
from pghistory_ui.cards import Desk
from pghistory_ui.links import Link, Links, admin_url, page_url, timeline_url
from pghistory_ui.permissions import Access
from pghistory_ui.rows import Card
from pghistory_ui.sets import Sets, bound_words
from pghistory_ui.views import frame
from pghistory_ui.views.event import full_text, sets_of, visible_entry

WORDS: Final = frozenset({"first", "previous", "latest", "live"})
COUNTED_AT_MOST: Final = 1_000

STEPS: Final = {
    "first": gettext_lazy("First"),
    "previous": gettext_lazy("Previous"),
    "next": gettext_lazy("Next"),
    "latest": gettext_lazy("Latest"),
    "live": gettext_lazy("Live row"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison: a stored version, or, without an entry, the living row."""

    side: str
    key: str
    entry: Entry | None
    card: Card | None = None
    steps: tuple[tuple[str, str], ...] = ()

    @property
    def at(self) -> dt.datetime:
        """When it was stored; now for the living row."""
        return clock.local(self.entry.at) if self.entry else clock.now()


@dataclass(frozen=True, slots=True)
class Texts:
    """Where the templates of a difference find its long texts in full: at the comparison's own address."""

    url: str = ""


def chosen(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Leads from the dots of a timeline, `?a=shop.ProductEvent:5&b=…`, to the comparison's own address."""
    access = frame.enter(request, site)
    entries = []
    for side in ("a", "b"):
        label, _colon, key = request.GET.get(side, "").rpartition(":")
        entries.append(visible_entry(access, label, key))
    a, b = entries
    if a.event_model is b.event_model:
        ids = (a.event.pgh_id, b.event.pgh_id)
        return HttpResponseRedirect(page_url(site, "compare", a.event_model._meta.label, *ids))
    models = {"a": a.event_model._meta.label, "b": b.event_model._meta.label}
    messages.error(request, _("These versions keep different fields (%(a)s, %(b)s): choose two of one kind.") % models)
    return HttpResponseRedirect(
        timeline_url(access, b.tracked_model, b.obj_id, living=b.object is not None)
        if b.obj_id is not None
        else page_url(site, "event", models["b"], b.event.pgh_id)
    )


def compare(request: HttpRequest, site: AdminSite, label: str, a: str, b: str) -> HttpResponse:
    """The comparison; `?view=unified`, `?unchanged=1`; with `?text=field&side=before`, a long text alone."""
    access = frame.enter(request, site)
    label = unquote(label)
    entries = versions(access, label, unquote(a), unquote(b))
    known = next(entry for entry in entries if entry is not None)
    before, after = (state_of(entry, known) for entry in entries)
    compared = access.redacted(known.between(before, after))
    if "text" in request.GET:
        return full_text(compared, request.GET["text"], request.GET.get("side", "after"))
    sets, joined = set_events(access, known, entries)
    links = Links(access, [compared, *joined, *(entry for entry in entries if entry is not None)])
    desk = Desk(links, all_fields=request.GET.get("unchanged") == "1", whole=True)
    changes = desk.changes(compared)
    set_changes = list(sets.changes(links, joined, backwards=is_backwards(entries))) if sets else []
    sides = [Version(side, key_of(entry), entry) for side, entry in zip("ab", entries, strict=True)]
    query = request.GET.copy()
    unified = query.get("view") == "unified"
    living = known.object is not None
    model = known.tracked_model
    named = links.object(known)
    return frame.page(
        request,
        site,
        "compare.html",
        title=_("Compare: %s") % named,
        versions=[_with_ways(desk, label, side, sides, query) for side in sides],
        changed=[*changes[: len(compared.changes)], *set_changes],
        rest=changes[len(compared.changes) :],
        hidden=0 if desk.all_fields else len(compared.before or ()) - len(compared.changes),
        note=apart(sides, len(compared.changes) + len(set_changes), len(compared.before or ()) + len(set_changes)),
        sets_note=bound_words(joined),
        texts=Texts(),
        unified=unified,
        all_fields=desk.all_fields,
        swap=_address(site, label, sides[1].key, sides[0].key, query),
        side_by_side=_query(query, view=""),
        one_column=_query(query, view="unified"),
        unchanged=_query(query, unchanged="1"),
        changed_only=_query(query, unchanged=""),
        object_link=_history(access, known, named),
        change_url=admin_url(site, model, "change", known.obj_id) if living else "",
        list_url=admin_url(site, model, "changelist") if living else "",
        opts=registry.concrete(model)._meta,
    )


def versions(access: Access, label: str, a: str, b: str) -> tuple[Entry | None, Entry | None]:
    """The two versions, None for the living row; 404 for what does not exist or belongs to different objects.

    One of them at least is a number; the words mean the first and latest version of its object, the one before the
    other side, and the living row.
    """
    texts = (a, b)
    found = [None if text in WORDS else visible_entry(access, label, text) for text in texts]
    anchor = next((entry for entry in found if entry is not None), None)
    if anchor is None:
        raise Http404(_("Name one of the two versions by its number."))
    for place, text in enumerate(texts):
        if text == "live" and anchor.object is None:
            raise Http404(_("The object has no living row."))
        if text in WORDS - {"live"}:
            found[place] = visible_entry(access, label, str(_named(anchor, text)))
    if any(entry is not None and entry.obj_id != anchor.obj_id for entry in found):
        raise Http404(_("These are versions of different objects."))
    return found[0], found[1]


def is_backwards(entries: tuple[Entry | None, Entry | None]) -> bool:
    """Whether version A is the newer one."""
    a, b = entries
    return a is None or (b is not None and a.event.pgh_id > b.event.pgh_id)


def set_events(
    access: Access, known: Entry, entries: tuple[Entry | None, Entry | None]
) -> tuple[Sets | None, list[Entry]]:
    """The object's sets, and what was added to them and removed from them between the versions."""
    sets = sets_of(access, known)
    if sets is None:
        return None, []
    times = sorted(entry.at for entry in entries if entry is not None)
    return sets, sets.between(times[0], times[1] if len(times) > 1 else None)


def state_of(entry: Entry | None, known: Entry) -> dict[str, Any]:
    """The fields of a version."""
    return entry.stored if entry is not None else known.living or {}


def key_of(entry: Entry | None) -> str:
    """How an address names a version."""
    return "live" if entry is None else str(entry.event.pgh_id)


def apart(sides: Iterable[Version], changed: int, total: int) -> str:
    """How many fields differ, and how far the versions are from each other."""
    a, b = sides
    same = total - changed
    words = [
        _("%(differ)s, %(same)s.")
        % {
            "differ": ngettext("%d field differs", "%d fields differ", changed) % changed,
            "same": ngettext("%d is the same", "%d are the same", same) % same,
        }
    ]
    days = abs((b.at.date() - a.at.date()).days)
    distance = ngettext("%d day", "%d days", days) % days
    if a.entry is None or b.entry is None or not has_object(a.entry.event_model):
        return " ".join([*words, _("%s apart.") % distance] if days else words)
    between = _between(a.entry, b.entry)
    number = number_format(min(between, COUNTED_AT_MOST), force_grouping=True)
    events = ngettext("%s event", "%s events", between) % number
    if between > COUNTED_AT_MOST:
        events = _("more than %s") % events
    both = _("%(days)s and %(events)s apart.") % {"days": distance, "events": events}
    return " ".join([*words, both if days else _("%s apart.") % events])


def _named(anchor: Entry, word: str) -> int:
    """The number of the version that a word means, seen from one that is named by its number."""
    if not has_object(anchor.event_model):
        raise Http404(_("These events belong to no object: name both by their numbers."))
    found = _of_same_object(anchor)
    if word == "previous":
        found = found.filter(pgh_id__lt=anchor.event.pgh_id)
    number: int | None = found.order_by("pgh_id" if word == "first" else "-pgh_id").first()
    if number is None:
        raise Http404(_("There is no older version."))
    return number


def _of_same_object(entry: Entry) -> QuerySet[Any, int]:
    same = entry.event_model._base_manager.using(entry.event._state.db).filter(Q(pgh_obj_id=entry.obj_id))
    return same.values_list("pgh_id", flat=True)


def _between(a: Entry, b: Entry) -> int:
    """How many events of the object lead from one version to the other, counted up to a bound."""
    low, high = sorted((a.event.pgh_id, b.event.pgh_id))
    return _of_same_object(a).filter(pgh_id__gt=low, pgh_id__lte=high)[: COUNTED_AT_MOST + 1].count()


def _with_ways(desk: Desk, label: str, version: Version, sides: list[Version], query: QueryDict) -> Version:
    """The version with its card, and with links that put another one in its place."""
    other = next(side for side in sides if side is not version)
    known = version.entry or other.entry
    if known is None or not has_object(known.event_model):
        return Version(version.side, version.key, version.entry, _card(desk, version))
    steps = []
    for step, key in _steps(version.entry, known):
        keys = (key, other.key) if version.side == "a" else (other.key, key)
        if key not in (version.key, other.key):
            steps.append((str(STEPS[step]), _address(desk.links.access.site, label, *keys, query)))
    return Version(version.side, version.key, version.entry, _card(desk, version), tuple(steps))


def _steps(entry: Entry | None, known: Entry) -> Iterable[tuple[str, str]]:
    """The versions that may take the place of one, by the word for the way to them."""
    same = _of_same_object(known)
    found: dict[str, int | None] = {"first": same.order_by("pgh_id").first()}
    if entry is not None:
        found["previous"] = same.filter(pgh_id__lt=entry.event.pgh_id).order_by("-pgh_id").first()
        found["next"] = same.filter(pgh_id__gt=entry.event.pgh_id).order_by("pgh_id").first()
    found["latest"] = same.order_by("-pgh_id").first()
    yield from ((step, str(key)) for step, key in found.items() if key is not None)
    if known.object is not None:
        yield "live", "live"


def _card(desk: Desk, version: Version) -> Card | None:
    return None if version.entry is None else desk.card([version.entry])


def _address(site: AdminSite, label: str, a: str, b: str, query: QueryDict) -> str:
    kept = _kept(query)
    address = page_url(site, "compare", label, a, b)
    return f"{address}?{urlencode(kept)}" if kept else address


def _kept(query: QueryDict) -> dict[str, str]:
    return {name: str(query[name]) for name in ("view", "unchanged") if query.get(name)}


def _query(query: QueryDict, **values: str) -> str:
    kept = _kept(query) | values
    return f"?{urlencode({name: value for name, value in kept.items() if value})}"


def _history(access: Access, known: Entry, named: Link) -> Link:
    """The object with the address of its history."""
    if known.obj_id is None:
        return named
    living = known.object is not None
    return Link(named.label, timeline_url(access, known.tracked_model, known.obj_id, living=living))

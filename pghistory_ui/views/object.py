"""The timeline of one object: its own page, and the History page of its model's admin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.db.models import ForeignKey, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory.models import Event
from pghistory_ui import ledger
from pghistory_ui.filters import FilterForm
from pghistory_ui.ledger import Ledger
from pghistory_ui.links import Links, admin_url, as_key, called, clipped, page_url
from pghistory_ui.permissions import Access
from pghistory_ui.sets import Sets
from pghistory_ui.views import frame
from pghistory_ui.views.event import restore_url


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """What the timeline of an object shows around its ledger; addresses are "" where they may not be used."""

    ledger: Ledger
    model_name: str
    label: str
    key: Any
    living: bool
    event_models: tuple[str, ...]
    address: str
    record_url: str
    export_url: str
    restore_url: str
    change_url: str
    list_url: str
    log_url: str
    total: str
    compare_url: str
    as_of_url: str
    related_url: str
    shows_related: bool
    days_url: str
    chosen: tuple[str, str] | None
    current: str

    def histories(self, *, shows_log: bool, entries: int | None) -> tuple[frame.Tab, ...]:
        """Tabs for the changes, for those of related objects, and for Django's own log with its number of entries."""
        tabs = [frame.Tab(_("Changes"), "?", not shows_log and not self.shows_related, self.total)]
        if self.related_url:
            tabs.append(frame.Tab(_("Related objects"), self.related_url, self.shows_related and not shows_log))
        if self.log_url:
            count = "" if entries is None else str(entries)
            tabs.append(frame.Tab(_("Admin log"), self.log_url, shows_log, count))
        return tuple(tabs)


def object_timeline(request: HttpRequest, site: AdminSite, label: str, key: str) -> HttpResponse:
    """The page at the object's own address, which works for deleted objects too; for htmx, the cards alone."""
    access = frame.enter(request, site)
    model = frame.visible_model(access, unquote(label))
    found = living_or_gone(access, model, unquote(key))
    page = object_page(request, access, model, found)
    if frame.wants_fragment(request):
        # Rows that join others leave the choice to those.
        page = replace(page, chosen=("", ""), current="") if page.chosen else page
        return frame.varying(frame.fragment(request, "object_results.html", page=page, ledger=page.ledger))
    title = _("Change history: %s") if page.living else _("Change history: %s (deleted)")
    return frame.varying(
        frame.page(
            request,
            site,
            "object.html",
            title=title % page.label,
            page=page,
            ledger=page.ledger,
            opts=registry.concrete(model)._meta,
        )
    )


def living_or_gone(access: Access, model: type[Model], text: str) -> Model:
    """The living object, or an instance with nothing but the key of one that has events; else 404."""
    key = as_key(model, text)
    missing = Http404(_("There is no history of such an object."))
    if key is None:
        raise missing
    found = access.viewable(model, [key]).get(key)
    if found is not None:
        return found
    gone: Model = registry.concrete(model)(pk=key)
    exists = registry.concrete(model)._base_manager.filter(pk=key).exists()
    if exists or not access.may_view_deleted(model) or not access.history_of(gone).page(size=1).entries:
        raise missing
    return gone


def object_page(request: HttpRequest, access: Access, model: type[Model], found: Model) -> ObjectPage:
    """The object's events as the request filters them, and the ways on from there."""
    living = not found._state.adding
    sets = Sets(access, found)
    own = access.history_of(found)
    timeline = sets.added_to(access.timeline()) if sets.memberships else own
    pointing = related_event_models(access, model)
    shows_related = bool(pointing) and request.GET.get("related") == "1"
    hidden = {(each, name) for each in pointing for name in access.hidden_fields(each)}
    shown = access.timeline(*pointing).references(found, hidden=hidden) if shows_related else timeline
    form = FilterForm(request.GET, access, fixed=("model", "obj", "event_model"))
    restorable = access.may_restore(model, found if living else None)
    read = (
        ledger.read(request, access, shown, form)
        if shows_related
        else ledger.read(request, access, shown, form, sets=sets, restorable=restorable)
    )
    newest = None if living else next(iter(own.page(size=1).entries), None)
    label = clipped(called(found)) if newest is None else Links(access, [newest]).object(newest).label
    history_url = admin_url(access.site, model, "history", found.pk) if living else ""
    query = urlencode({"model": model._meta.label, "pk": found.pk})
    may_record = living and registry.manual_labels(model) and access.may_record(model, found)
    obj = urlencode({"obj": f"{model._meta.label}:{found.pk}"})
    beside_url = "" if shows_related or not read.days else days_url(access.site, obj, read.export)
    if not beside_url and not frame.wants_fragment(request):
        form.offer_people()
    chosen = None if shows_related else newest_two(read)
    shows_all = not (shows_related or read.is_filtered)
    total = (read.counted if shows_all else None) or timeline.count()
    if shows_all and access.counts_are_true:
        read = replace(read, count=ledger.count_words(total))
    return ObjectPage(
        ledger=read,
        model_name=str(capfirst(model._meta.verbose_name)),
        label=label or f"#{found.pk}",
        key=found.pk,
        living=living,
        event_models=tuple(event_model._meta.label for event_model in own.event_models),
        address=page_url(access.site, "object", model._meta.label, found.pk),
        record_url=f"{page_url(access.site, 'record')}?{query}" if may_record else "",
        export_url=exports_url(access, model, obj, read.export),
        restore_url=restore_url(access, newest) if newest is not None else "",
        change_url=admin_url(access.site, model, "change", found.pk) if living else "",
        list_url=admin_url(access.site, model, "changelist") if living else "",
        log_url=f"{history_url}?tab=log" if history_url else "",
        total=ledger.figure(total),
        as_of_url=page_url(access.site, "as_of", model._meta.label, found.pk),
        compare_url=page_url(access.site, "compare_chosen"),
        related_url="?related=1" if pointing else "",
        shows_related=shows_related,
        days_url=beside_url,
        chosen=chosen,
        # What is newest of everything is what the object is like.
        current=chosen[1] if chosen and living and not read.newest and not read.is_filtered else "",
    )


def related_event_models(access: Access, model: type[Model]) -> list[type[Event]]:
    """The event models in sight that mirror a foreign key to the model, as its ModelAdmin's `history_related` says."""
    wanted = getattr(access.model_admin(model), "history_related", None)
    target = registry.concrete(model)
    return [
        found
        for found in access.event_models
        if (wanted is None or not frame.labels_of(found.pgh_tracked_model).isdisjoint(wanted))
        and any(
            _points_to(found, name, target)
            for name in found.pgh_tracked_fields
            if name not in access.hidden_fields(found)
        )
    ]


def _points_to(event_model: type[Event], name: str, target: type[Model]) -> bool:
    field = event_model._meta.get_field(name)
    return isinstance(field, ForeignKey) and registry.concrete(field.related_model) is target


def exports_url(access: Access, model: type[Model], obj: str, query: str) -> str:
    """The page that exports the object's history as it is filtered, or "" for those who may not."""
    if not access.may_export(model):
        return ""
    return f"{page_url(access.site, 'exports')}?{'&'.join(filter(None, [obj, query[1:]]))}"


def days_url(site: AdminSite, obj: str, query: str) -> str:
    """Where the bars of the object's days come from, and whom to choose from."""
    return f"{page_url(site, 'days')}?{'&'.join(filter(None, [obj, 'here=1', query[1:]]))}"


def newest_two(read: Ledger) -> tuple[str, str] | None:
    """The versions that a comparison begins with: the newest on the page and the one before it of the same kind."""
    rows = [row for day in read.days for card in day.cards for row in card.rows if not row.is_set]
    newest = max(rows, key=lambda row: (row.entry.at, row.entry.id), default=None)
    if newest is None:
        return None
    same = [row for row in rows if row.entry.event_model is newest.entry.event_model and row is not newest]
    before = max(same, key=lambda row: row.entry.id, default=None)
    return (before.version, newest.version) if before else None

"""The timeline of one object: its own page, and the History page of its model's admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory_ui import ledger
from pghistory_ui.filters import FilterForm
from pghistory_ui.ledger import Ledger
from pghistory_ui.links import Links, admin_url, as_key, called, clipped, page_url
from pghistory_ui.permissions import Access
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
    chosen: tuple[str, str] | None

    def histories(self, *, shows_log: bool, entries: int | None) -> tuple[frame.Tab, ...]:
        """Tabs for the changes and, where there is one, for Django's own log with its number of entries."""
        changes = frame.Tab(_("Changes"), "?", not shows_log, self.total)
        if not self.log_url:
            return (changes,)
        return changes, frame.Tab(_("Admin log"), self.log_url, shows_log, "" if entries is None else str(entries))


def object_timeline(request: HttpRequest, site: AdminSite, label: str, key: str) -> HttpResponse:
    """The page at the object's own address, which works for deleted objects too; for htmx, the cards alone."""
    access = frame.enter(request, site)
    model = frame.visible_model(access, unquote(label))
    found = living_or_gone(access, model, unquote(key))
    page = object_page(request, access, model, found)
    if frame.wants_fragment(request):
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
    timeline = access.history_of(found)
    form = FilterForm(request.GET, access, fixed=("model", "obj", "event_model"))
    read = ledger.read(request, access, timeline, form)
    newest = None if living else next(iter(timeline.page(size=1).entries), None)
    label = clipped(called(found)) if newest is None else Links(access, [newest]).object(newest).label
    history_url = admin_url(access.site, model, "history", found.pk) if living else ""
    query = urlencode({"model": model._meta.label, "pk": found.pk})
    may_record = living and registry.manual_labels(model) and access.may_record(model, found)
    obj = urlencode({"obj": f"{model._meta.label}:{found.pk}"})
    return ObjectPage(
        ledger=read,
        model_name=str(capfirst(model._meta.verbose_name)),
        label=label or f"#{found.pk}",
        key=found.pk,
        living=living,
        event_models=tuple(event_model._meta.label for event_model in timeline.event_models),
        address=page_url(access.site, "object", model._meta.label, found.pk),
        record_url=f"{page_url(access.site, 'record')}?{query}" if may_record else "",
        export_url=exports_url(access, model, obj, read.export),
        restore_url=restore_url(access, newest) if newest is not None else "",
        change_url=admin_url(access.site, model, "change", found.pk) if living else "",
        list_url=admin_url(access.site, model, "changelist") if living else "",
        log_url=f"{history_url}?tab=log" if history_url else "",
        total=ledger.total(timeline),
        as_of_url=page_url(access.site, "as_of", model._meta.label, found.pk),
        compare_url=page_url(access.site, "compare_chosen"),
        chosen=newest_two(read),
    )


def exports_url(access: Access, model: type[Model], obj: str, query: str) -> str:
    """The page that exports the object's history as it is filtered, or "" for those who may not."""
    if not access.may_export(model):
        return ""
    return f"{page_url(access.site, 'exports')}?{'&'.join(filter(None, [obj, query[1:]]))}"


def newest_two(read: Ledger) -> tuple[str, str] | None:
    """The versions that a comparison begins with: the newest on the page and the one before it of the same kind."""
    rows = [row for day in read.days for card in day.cards for row in card.rows]
    newest = max(rows, key=lambda row: (row.entry.at, row.entry.event.pgh_id), default=None)
    if newest is None:
        return None
    same = [row for row in rows if row.entry.event_model is newest.entry.event_model and row is not newest]
    before = max(same, key=lambda row: row.entry.event.pgh_id, default=None)
    return (before.version, newest.version) if before else None

"""Recording a manual event, about one object or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import registry
from pghistory import timeline as timelines
from pghistory.contexts import context
from pghistory.models import Event
from pghistory.recording import create_event
from pghistory_ui.cards import Desk
from pghistory_ui.filters import MOST_OBJECTS
from pghistory_ui.forms import ObjectForm, RecordForm
from pghistory_ui.links import Link, Links, activity_url, as_key, called, clipped, timeline_url
from pghistory_ui.permissions import Access
from pghistory_ui.rows import Row
from pghistory_ui.views import frame


def record(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The form for the objects of the address, with its preview; without an object, the form that finds one."""
    access = frame.enter(request, site)
    title = _("Record an event")
    if not request.GET.get("model") and not request.GET.get("pk"):
        return frame.page(request, site, "record_object.html", title=title, form=ObjectForm(None, access))
    model = frame.visible_model(access, request.GET.get("model", ""))
    choice = ObjectForm(request.GET, access)
    labels = registry.manual_labels(model)
    if labels and not choice.is_valid():
        return frame.page(request, site, "record_object.html", title=title, form=choice)
    found = changeable(access, model, request.GET.getlist("pk"))
    back = history_url(access, model, found)
    form = RecordForm(request.POST if request.method == "POST" else None, labels)
    rows: tuple[Row, ...] = ()
    if labels and form.is_valid():
        label = form.cleaned_data["label"]
        if "preview" not in request.POST:
            store(request, model, found, form)
            messages.success(request, _("“%s” was recorded.") % label)
            return HttpResponseRedirect(back)
        rows = tried(request, access, model, found, form)
    return frame.page(
        request,
        site,
        "record.html",
        title=title,
        form=form,
        rows=rows,
        labels=labels,
        model_name=str(capfirst(model._meta.verbose_name if len(found) == 1 else model._meta.verbose_name_plural)),
        objects=[
            (Link(clipped(called(each)), timeline_url(access, model, each.pk, living=True)), each.pk) for each in found
        ],
        button=button(len(found)),
        back=back,
    )


def button(number: int) -> str:
    """What the button says that stores so many events."""
    return _("Record event") if number == 1 else ngettext("Record %d event", "Record %d events", number) % number


def history_url(access: Access, model: type[Model], found: list[Model]) -> str:
    """The history of the object, or the activity about all of them."""
    if len(found) == 1:
        return timeline_url(access, model, found[0].pk, living=True)
    return f"{activity_url(access.site)}?{urlencode([('obj', f'{model._meta.label}:{each.pk}') for each in found])}"


def changeable(access: Access, model: type[Model], texts: Iterable[str]) -> list[Model]:
    """The objects that the events are about; 404 when one may not be seen, 403 when one may not be changed."""
    keys = list(dict.fromkeys(as_key(model, text) for text in texts))
    if len(keys) > MOST_OBJECTS:
        raise Http404(_("Choose no more than %d objects.") % MOST_OBJECTS)
    known = access.viewable(model, [key for key in keys if key is not None])
    if any(key not in known for key in keys):
        raise Http404(_("There is no such object."))
    found = [known[key] for key in keys]
    if not all(access.may_record(model, each) for each in found):
        raise PermissionDenied
    return found


def store(request: HttpRequest, model: type[Model], found: list[Model], form: RecordForm) -> list[Event]:
    """Stores an event of each object, all or none, with who, where and why in the one context that they share."""
    label = form.cleaned_data["label"]
    metadata: dict[str, Any] = {**form.context, "user": request.user.pk, "url": request.path}
    if form.cleaned_data["reason"]:
        metadata["reason"] = form.cleaned_data["reason"]
    tracked = registry.event_model(model, label).pgh_tracked_model
    actor = request.user if isinstance(request.user, Model) else None
    using = found[0]._state.db or DEFAULT_DB_ALIAS
    # A proxy tracks the table of a model that the admin knows by another class.
    objects = (
        each if isinstance(each, tracked) else tracked._base_manager.using(using).get(pk=each.pk) for each in found
    )
    with transaction.atomic(using=using), context(actor=actor, **metadata):
        return [create_event(each, label=label, using=using) for each in objects]


def tried(
    request: HttpRequest, access: Access, model: type[Model], found: list[Model], form: RecordForm
) -> tuple[Row, ...]:
    """The events as they would be stored: they are, and are rolled back."""
    using = found[0]._state.db or DEFAULT_DB_ALIAS
    with transaction.atomic(using=using):
        stored = store(request, model, found, form)
        entries = [access.redacted(timelines.entry(type(event), event.pgh_id, using)) for event in stored]
        desk = Desk(Links(access, entries))
        rows = tuple(desk.row(entry) for entry in entries)
        transaction.set_rollback(True, using=using)
    return rows

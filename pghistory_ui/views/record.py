"""Recording a manual event."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory import registry
from pghistory.contexts import context
from pghistory.recording import create_event
from pghistory_ui.forms import ObjectForm, RecordForm
from pghistory_ui.links import as_key, called, clipped, timeline_url
from pghistory_ui.permissions import Access
from pghistory_ui.views import frame


def record(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The form for one object; without an object, the form that finds it."""
    access = frame.enter(request, site)
    if not request.GET.get("model") and not request.GET.get("pk"):
        return frame.page(
            request, site, "record_object.html", title=_("Record an event"), form=ObjectForm(None, access)
        )
    model = frame.visible_model(access, request.GET.get("model", ""))
    choice = ObjectForm(request.GET, access)
    labels = registry.manual_labels(model)
    if labels and not choice.is_valid():
        return frame.page(request, site, "record_object.html", title=_("Record an event"), form=choice)
    found = changeable(access, model, request.GET.get("pk", ""))
    back = timeline_url(access, model, found.pk, living=True)
    form = RecordForm(request.POST if request.method == "POST" else None, labels)
    if labels and form.is_valid():
        store(request, model, found, form.cleaned_data["label"], form.cleaned_data["reason"])
        messages.success(request, _("“%s” was recorded.") % form.cleaned_data["label"])
        return HttpResponseRedirect(back)
    return frame.page(
        request,
        site,
        "record.html",
        title=_("Record an event"),
        form=form,
        labels=labels,
        model_name=str(capfirst(model._meta.verbose_name)),
        object_label=clipped(called(found)),
        object_key=found.pk,
        back=back,
    )


def changeable(access: Access, model: type[Model], text: str) -> Model:
    """The object that the event is about; 404 when it may not be seen, 403 when it may not be changed."""
    key = as_key(model, text)
    found = access.viewable(model, [key]).get(key) if key is not None else None
    if found is None:
        raise Http404(_("There is no such object."))
    if not access.may_record(model, found):
        raise PermissionDenied
    return found


def store(request: HttpRequest, model: type[Model], found: Model, label: str, reason: str) -> None:
    """Stores the event, with who, where and why in its context."""
    metadata = {"user": request.user.pk, "url": request.path}
    if reason:
        metadata["reason"] = reason
    tracked = registry.event_model(model, label).pgh_tracked_model
    using = found._state.db or DEFAULT_DB_ALIAS
    # A proxy tracks the table of a model that the admin knows by another class.
    known = found if isinstance(found, tracked) else tracked._base_manager.using(using).get(pk=found.pk)
    actor = request.user if isinstance(request.user, Model) else None
    with context(actor=actor, **metadata):
        create_event(known, label=label, using=using)

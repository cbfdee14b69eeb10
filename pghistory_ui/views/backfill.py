"""First events for rows that are older than their tracking: choose, preview, confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pghistory import backfill as backfills
from pghistory import errors, jobs, registry
from pghistory.models import Job
from pghistory_ui import clock
from pghistory_ui.links import admin_url, page_url
from pghistory_ui.orders import BackfillForm, ModelForm, labels
from pghistory_ui.permissions import Access
from pghistory_ui.views import frame
from pghistory_ui.views.jobs import visible_jobs

SHOWN = 4
LISTED = 20


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One of the events that were written and rolled back."""

    key: str
    url: str
    at: Any
    values: tuple[str, ...]


def backfill(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The form of one model with its preview; without a model, the choice of one."""
    access = frame.enter(request, site)
    models = backfillable(access)
    if not models:
        raise PermissionDenied
    if not request.GET.get("model"):
        return frame.page(
            request,
            site,
            "backfill_model.html",
            title=_("Backfill events"),
            tab="models",
            form=ModelForm(None, models),
            jobs=[(found, page_url(site, "job", found.pk)) for found in newest(request)],
        )
    model = frame.visible_model(access, request.GET["model"])
    if model not in models:
        raise PermissionDenied
    chosen = BackfillForm(request.POST if request.method == "POST" else None, access, model)
    preview, problem = None, ""
    if chosen.is_bound and chosen.is_valid():
        try:
            if "confirm" in request.POST:
                return ordered(request, access, chosen)
            preview = chosen.plan().preview()
        except (errors.PghistoryError, DatabaseError) as error:
            problem = str(error).strip().split("\n")[0]
    return frame.page(
        request,
        site,
        "backfill.html",
        title=_("Backfill events"),
        tab="models",
        form=chosen,
        model_name=str(capfirst(model._meta.verbose_name)),
        model_names=str(capfirst(model._meta.verbose_name_plural)),
        preview=preview,
        kept=preview.matching - preview.writing if preview else 0,
        seconds=seconds(chosen, preview),
        columns=[str(capfirst(field.verbose_name)) for field in columns(access, preview)],
        sample=[sample_row(access, model, event, columns(access, preview)) for event in preview.sample]
        if preview
        else [],
        problem=problem,
        back=page_url(site, "models"),
    )


def backfillable(access: Access) -> list[type[Model]]:
    """The models that the one who asks may backfill."""
    return [model for model in access.tracked_models if labels(model) and access.may_backfill(model)]


def newest(request: HttpRequest) -> list[Job]:
    """The newest backfills that the one who asks may watch: their own, to a superuser all."""
    of_databases = (visible_jobs(request, alias).filter(kind="backfill")[:LISTED] for alias in jobs.databases())
    found = {job.pk: job for of_database in of_databases for job in of_database}
    return sorted(found.values(), key=lambda job: job.created_at, reverse=True)[:LISTED]


def ordered(request: HttpRequest, access: Access, form: BackfillForm) -> HttpResponse:
    """Orders the job, does it at once where it is short, and shows it."""
    plan = form.plan()
    place = jobs.place(plan.rows.count(), form.command())
    owner = request.user if isinstance(request.user, Model) else None
    reason = form.cleaned_data["reason"]
    job = jobs.order("backfill", form.arguments(), target=plan.target, owner=owner, reason=reason, using=plan.using)
    jobs.start(job, place)
    return HttpResponseRedirect(page_url(access.site, "job", job.pk))


def seconds(form: BackfillForm, preview: backfills.Preview | None) -> int | None:
    """How long it takes at the chosen speed."""
    throttle = form.cleaned_data.get("throttle") if preview else None
    return max(1, round(preview.writing / throttle)) if preview and throttle else None


def columns(access: Access, preview: backfills.Preview | None) -> list[Any]:
    """The first fields of an event, beside its object."""
    if preview is None or not preview.sample:
        return []
    event = preview.sample[0]
    names = event.pgh_tracked_fields
    hidden = access.hidden_fields(type(event))
    key = registry.concrete(event.pgh_tracked_model)._meta.pk
    fields = [event.pgh_tracked_model._meta.get_field(name) for name in names if name not in hidden]
    return [field for field in fields if field != key][:SHOWN]


def sample_row(access: Access, model: type[Model], event: Any, fields: list[Any]) -> SampleRow:
    """An event as a row: the keys of foreign keys, which nobody has to be allowed to see."""
    values = tuple(str(getattr(event, field.attname)) for field in fields)
    url = admin_url(access.site, model, "change", event.pgh_obj_id)
    at = event.pgh_created_at
    return SampleRow(str(event.pgh_obj_id), url, clock.local(at) if timezone.is_aware(at) else at, values)

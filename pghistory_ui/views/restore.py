"""Bringing one object back to an event: choose, preview, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import registry, restore
from pghistory.errors import BackgroundNeeded, JobUnderWay, RestoreError, StalePreview
from pghistory.restore import Intent, Plan
from pghistory.timeline import Entry
from pghistory_ui import clock, previews
from pghistory_ui.links import Links, page_url, timeline_url
from pghistory_ui.permissions import Access
from pghistory_ui.views import frame
from pghistory_ui.views.event import visible_entry
from pghistory_ui.views.restore_job import ordered, place

LONGEST_REASON = 1_000


def restore_event(request: HttpRequest, site: AdminSite, label: str, key: str) -> HttpResponse:
    """The preview with the choice of fields; its confirmation does what was previewed, and nothing else."""
    access = frame.enter(request, site)
    entry = visible_entry(access, unquote(label), unquote(key))
    if entry.obj_id is None or not access.may_restore(entry.tracked_model, entry.object):
        raise PermissionDenied
    chosen = request.POST.getlist("field") if request.method == "POST" else None
    notice = ""
    if chosen is not None and "preview" not in request.POST:
        try:
            intent = Intent.read(request.POST.get("token", ""))
            if intent.target != target_of(entry) or intent.kind != "restore":
                raise StalePreview(subject=_("The preview is of something else, or it"))
            if set(intent.fields or ()) == set(chosen):
                return ordered(request, access, intent, said(request)) or done(request, access, entry, intent)
            notice = _("You chose other fields. This is what they write; confirm it once more.")
        except (RestoreError, BackgroundNeeded, JobUnderWay) as error:
            notice = str(error)
    return preview(request, access, entry, chosen, notice)


def target_of(entry: Entry) -> str:
    """How a plan names the event."""
    return f"{entry.event_model._meta.label}:{entry.event.pk}"


def done(request: HttpRequest, access: Access, entry: Entry, intent: Intent) -> HttpResponse:
    """Does what was previewed, and shows the object's timeline."""
    result = restore.apply(intent.token, permits=access.forbidden, withholds=access.hidden_fields, **said(request))
    rows = ngettext("%d row was restored.", "%d rows were restored.", result.rows) % result.rows
    messages.success(request, rows)
    if result.left_out:
        messages.warning(request, _("Left out: %s") % "; ".join(sorted({each.problem for each in result.left_out})))
    return HttpResponseRedirect(timeline_url(access, entry.tracked_model, entry.obj_id, living=True))


def said(request: HttpRequest) -> dict[str, Any]:
    """Who restores, where and why, as keyword arguments of `apply`."""
    actor = request.user if isinstance(request.user, Model) else None
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]
    return {"actor": actor, "reason": reason, "url": request.path, "method": request.method}


def planned(access: Access, entry: Entry, chosen: list[str] | None) -> Plan:
    """The plan; fields of a living row that the one who asks may not see stay as they are."""
    plan = restore.plan(entry, fields=chosen, permits=access.forbidden, withholds=access.hidden_fields)
    wanted = [choice.name for choice in plan.choices if choice.chosen]
    seen = [name for name in wanted if name not in previews.hidden(access, plan)]
    if entry.object is None or seen == wanted:
        return plan
    return restore.plan(entry, fields=seen, permits=access.forbidden, withholds=access.hidden_fields)


def preview(request: HttpRequest, access: Access, entry: Entry, chosen: list[str] | None, notice: str) -> HttpResponse:
    """The page; without a plan it says why there is none."""
    plan: Plan | None = None
    problem, in_background = "", False
    try:
        plan = planned(access, entry, chosen)
        in_background = place(restore.size(plan), plan.intent) == "background"
    except (RestoreError, BackgroundNeeded) as error:
        problem = str(error)
    links = Links(access, [entry])
    link = links.object(entry)
    fields = previews.field_rows(access, entry, plan) if plan else ()
    conflicts = [row for row in fields if row.conflict]
    count = sum(row.choice.chosen for row in fields)
    return frame.page(
        request,
        access.site,
        "restore.html",
        title=_("Restore: %s") % link.label,
        opts=registry.concrete(entry.tracked_model)._meta,
        entry=entry,
        plan=plan,
        may_confirm=plan is not None and plan.is_ready and not problem,
        in_background=in_background,
        notice=notice,
        problem=problem or (plan.problem if plan and not plan.is_ready else ""),
        # To choose is still to be done, and no fault.
        waits=bool(fields) and entry.object is not None and not any(row.choice.chosen for row in fields),
        gone=entry.object is None,
        actor=links.actor(entry),
        model_name=str(capfirst(entry.tracked_model._meta.verbose_name)),
        at=clock.local(entry.at),
        then_at=clock.local(plan.then.pgh_created_at) if plan and plan.then else None,
        event_url=page_url(access.site, "event", entry.event_model._meta.label, entry.event.pgh_id),
        back=timeline_url(access, entry.tracked_model, entry.obj_id, living=entry.object is not None),
        fields=fields,
        conflicts=ngettext(
            "%d field was edited after the change that you restore",
            "%d fields were edited after the change that you restore",
            len(conflicts),
        )
        % len(conflicts)
        if conflicts
        else "",
        button=_("Restore it")
        if entry.object is None
        else ngettext("Restore %d field", "Restore %d fields", count) % count,
        events=previews.events(request, access.site, plan) if plan else None,
        left_out=previews.left_out(access, plan) if plan else (),
        reason=request.POST.get("reason", ""),
        previewed=date_format(clock.now(), "H:i:s"),
    )

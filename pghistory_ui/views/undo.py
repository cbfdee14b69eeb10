"""Undoing everything that one request or job changed: preview, conflicts, confirm."""

from __future__ import annotations

import uuid
from typing import Final

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import router
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import restore
from pghistory.errors import BackgroundNeeded, JobUnderWay, RestoreError, StalePreview
from pghistory.restore import Intent, Plan
from pghistory.timeline import Entry
from pghistory_ui import clock, ledger, previews
from pghistory_ui.cards import Desk
from pghistory_ui.links import Links, as_uuid, page_url
from pghistory_ui.permissions import Access
from pghistory_ui.views import frame
from pghistory_ui.views.restore import said
from pghistory_ui.views.restore_job import ordered, place

LARGEST: Final = 50_000
"""Events of a context that a page previews."""


def undo(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    """The preview with its conflicts; its confirmation does what was previewed, and nothing else."""
    access = frame.enter(request, site)
    context_id = as_uuid(key)
    missing = Http404(_("There is no such context, or nothing of it may be seen."))
    if context_id is None:
        raise missing
    entries, _older = ledger.visible_page(access, access.timeline().in_context(context_id), None)
    if not entries:
        raise missing
    if not access.may_undo(entries):
        raise PermissionDenied
    overwrite = request.POST.getlist("overwrite") if request.method == "POST" else []
    notice = ""
    if request.method == "POST" and "preview" not in request.POST:
        try:
            intent = Intent.read(request.POST.get("token", ""))
            if intent.target != str(context_id) or intent.kind != "undo":
                raise StalePreview(subject=_("The preview is of something else, or it"))
            if set(intent.overwrite) == set(overwrite):
                return ordered(request, access, intent, said(request)) or done(request, access, intent)
            notice = _("You chose other conflicts. This is what they write; confirm it once more.")
        except (RestoreError, BackgroundNeeded, JobUnderWay) as error:
            notice = str(error)
    return preview(request, access, context_id, entries, overwrite, notice)


def done(request: HttpRequest, access: Access, intent: Intent) -> HttpResponse:
    """Does what was previewed, and shows the context of the undo, which can be undone as well."""
    result = restore.apply(intent.token, permits=access.forbidden, withholds=access.hidden_fields, **said(request))
    rows = ngettext("%s row is as it was before.", "%s rows are as they were before.", result.rows)
    messages.success(request, rows % number_format(result.rows, force_grouping=True))
    if result.left_out:
        problems = sorted({revision.problem for revision in result.left_out})
        messages.warning(request, _("Left out: %s") % "; ".join(problems[:10]))
    return HttpResponseRedirect(page_url(access.site, "context", result.context_id))


def preview(
    request: HttpRequest,
    access: Access,
    context_id: uuid.UUID,
    entries: list[Entry],
    overwrite: list[str],
    notice: str,
) -> HttpResponse:
    """The page; without a plan it says why there is none."""
    plan: Plan | None = None
    problem = ""
    try:
        # A preview compares every row, so that a context of millions is not even looked at here.
        if not access.timeline().in_context(context_id).count(LARGEST).exact:
            command = f"python manage.py pghistory undo {context_id}"
            raise RestoreError(problem=_("These are more rows than a page writes. Run: %s") % command)
        plan = restore.undo(
            context_id,
            overwrite=overwrite,
            using=router.db_for_write(entries[0].event_model),
            permits=access.forbidden,
            withholds=access.hidden_fields,
        )
    except RestoreError as error:
        problem = str(error)
    in_background = False
    try:
        in_background = plan is not None and place(restore.size(plan), plan.intent) == "background"
    except BackgroundNeeded as error:
        problem = str(error)
    card = Desk(Links(access, entries)).card(entries[:1])
    rows = len(plan.writes) if plan else 0
    conflicts = previews.conflict_rows(access, plan) if plan else ()
    count = len(plan.conflicts) if plan else 0
    return frame.page(
        request,
        access.site,
        "undo.html",
        title=_("Undo a job") if card.is_job else _("Undo a request"),
        card=card,
        plan=plan,
        may_confirm=plan is not None and plan.is_ready and not problem,
        in_background=in_background,
        notice=notice,
        problem=problem or (plan.problem if plan else ""),
        back=page_url(access.site, "context", context_id),
        summary=previews.summary(plan) if plan else (),
        overwritten=overwrite,
        conflicts=conflicts,
        conflict_title=ngettext("%s row was edited since", "%s rows were edited since", count)
        % number_format(count, force_grouping=True)
        if count
        else "",
        unseen=count > previews.CONFLICTS,
        button=ngettext("Undo %s row", "Undo %s rows", rows) % number_format(rows, force_grouping=True),
        events=previews.events(request, access.site, plan) if plan else None,
        left_out=previews.left_out(access, plan) if plan else (),
        withholds=bool(plan and previews.hidden(access, plan)),
        reason=request.POST.get("reason", ""),
        previewed=date_format(clock.now(), "H:i:s"),
    )

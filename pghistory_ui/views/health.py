"""Whether history is being recorded as the code says, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pghistory import health as core
from pghistory.health import FunctionState, TableState, TriggerState
from pghistory_ui.views import frame


@dataclass(frozen=True, slots=True)
class Trouble:
    """A trigger or function that is not as it should be, with what it means and the command that mends it."""

    owner: str
    owner_label: str
    name: str
    state: str
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name and what it counts."""

    name: str
    value: str
    note: str


def health(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page; with `?all=1`, also the triggers that need nothing. Sizes only for those who may see every row."""
    access = frame.enter(request, site)
    triggers = [state for states in core.trigger_states(access.event_models).values() for state in states]
    functions = core.function_states(access.event_models)
    counted = [found for found in access.event_models if access.sees_every_row(found)]
    tables = core.table_states(counted) if len(counted) == len(access.event_models) else ()
    troubles = [*map(_trigger, _ailing(triggers)), *map(_function, functions)]
    shows_all = request.GET.get("all") == "1"
    return frame.page(
        request,
        site,
        "health.html",
        title=_("Health"),
        tab="health",
        tiles=tiles(triggers, functions, tables),
        troubles=[trouble for trouble in troubles if trouble.state != core.INSTALLED],
        sound=[_trigger(state) for state in triggers if state.state == core.INSTALLED] if shows_all else (),
        sound_count=sum(state.state == core.INSTALLED for state in triggers),
        shows_all=shows_all,
        tables=tables,
        is_recording=not any(state.state in (core.DISABLED, core.MISSING) for state in triggers),
    )


def tiles(
    triggers: Iterable[TriggerState], functions: Iterable[FunctionState], tables: Iterable[TableState]
) -> tuple[Tile, ...]:
    """The figures at the head of the page."""
    found = []
    for name, states, note in (
        (_("Triggers"), [state.state for state in triggers], _("installed and current")),
        (_("Functions"), [state.state for state in functions], _("at the version of the code")),
    ):
        of = _("%(good)s of %(all)s") % {"good": states.count(core.INSTALLED), "all": len(states)}
        found.append(Tile(name, of, note))
    sizes = list(tables)
    if sizes:
        count = ngettext("%d table", "%d tables", len(sizes)) % len(sizes)
        found.append(Tile(_("On disk"), filesizeformat(sum(table.size for table in sizes)), count))
        rows = number_format(sum(table.rows for table in sizes), force_grouping=True)
        found.append(Tile(_("Rows"), f"≈ {rows}", _("the database’s own estimate")))
    return tuple(found)


def _ailing(triggers: Iterable[TriggerState]) -> list[TriggerState]:
    """Those that are not as they should be, the worst first."""
    order = (core.MISSING, core.DISABLED, core.OUTDATED)
    return sorted((state for state in triggers if state.state in order), key=lambda state: order.index(state.state))


def _trigger(found: TriggerState) -> Trouble:
    event_model = found.event_model
    app_label = event_model.pgh_tracked_model._meta.app_label
    meanings = {
        core.MISSING: (_("Nothing is recorded under this label."), f"manage.py migrate {app_label}"),
        core.DISABLED: (
            _("Somebody disabled it: nothing is recorded under this label."),
            f"manage.py pgtrigger enable {found.uri}",
        ),
        core.OUTDATED: (
            _("The database has another text than the code: fields or conditions may differ."),
            f"manage.py migrate {app_label}",
        ),
    }
    meaning, remedy = meanings.get(found.state, ("", ""))
    name = str(capfirst(event_model.pgh_tracked_model._meta.verbose_name))
    return Trouble(name, event_model._meta.label, found.name, found.state, meaning, remedy)


def _function(found: FunctionState) -> Trouble:
    meaning = (
        _("Triggers call it for the context, and fail without it.")
        if found.state == core.MISSING
        else _("It is not the version that the code installs.")
    )
    remedy = f'pghistory.operations.install_latest("{found.database}")'
    return Trouble(_("Function"), found.database, found.name, found.state, meaning, remedy)

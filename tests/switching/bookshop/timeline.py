"""What the newer package tells of the bookshop's history: its timeline, and its pages in the admin."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from pghistory import registry
from pghistory.timeline import Entry, Timeline


def entries() -> list[dict[str, Any]]:
    """Every event as people read it, by its slug."""
    told = [told_of(entry) for entry in Timeline().entries()]
    return sorted(told, key=lambda entry: str(entry["slug"]))


def told_of(entry: Entry) -> dict[str, Any]:
    event: Any = entry.event
    kept = {name: getattr(event, event._meta.get_field(name).attname) for name in event.pgh_tracked_fields}
    return {
        "slug": f"{entry.event_model._meta.label}:{event.pgh_id}",
        "label": entry.label,
        "at": entry.at,
        "kind": entry.kind,
        "is told as it is kept": kept in (entry.before, entry.after),
        "context id": entry.context and entry.context.id,
        "context": entry.context and entry.context.metadata,
        "actor": entry.actor,
    }


def pages() -> dict[str, int]:
    """{address: HTTP status} of all activity, of every event, and of every object that has a timeline."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("root"))
    addresses = [reverse("admin:pghistory_events_changelist"), reverse("admin:pghistory_ui_models")]
    for entry in Timeline().entries():
        addresses.append(reverse("admin:pghistory_ui_event", args=[entry.event_model._meta.label, entry.event.pk]))
        if entry.obj_id is not None:
            model = apps.get_model(registry.concrete(entry.tracked_model)._meta.label)
            addresses.append(reverse("admin:pghistory_ui_object", args=[model._meta.label, entry.obj_id]))
    return {address: client.get(address).status_code for address in dict.fromkeys(addresses)}

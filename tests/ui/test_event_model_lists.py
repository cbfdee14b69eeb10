"""`EventModelAdmin` over event models of every make, and over proxies that read through a path."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test.utils import isolate_apps
from django.urls import clear_url_caches, path

import pghistory
from pghistory.admin import EventModelAdmin, EventsAdmin
from pghistory.models import Events
from tests.tracked.models import (
    CharKey,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Everything,
    Loose,
    OldRows,
    OneKey,
    Restaurant,
    UuidKey,
)
from tests.ui.html import Page

Browse = Callable[..., Page]
Mount = Callable[..., None]


@pytest.fixture
def mount(settings: Any) -> Iterator[Mount]:
    """Gives models their admins on a site of their own, at /lists/."""

    def mounted(model_admin: type[admin.ModelAdmin], *chosen: Any) -> None:  # type: ignore[type-arg]
        site = admin.AdminSite(name="lists")
        site.register(chosen, model_admin)
        settings.ROOT_URLCONF = type("Addresses", (), {"urlpatterns": [path("lists/", site.urls)]})
        clear_url_caches()

    yield mounted
    clear_url_caches()


def address(model: Any) -> str:
    return f"/lists/{model._meta.app_label}/{model._meta.model_name}/"


def write() -> dict[Any, Any]:
    """{event model: an event in a context} of event models of every make."""
    with pghistory.context(user="somebody", reason="a reason"):
        parent = UuidKey.objects.create(name="a name")
        rows: list[Any] = [
            parent,
            OneKey.objects.create(parent=parent, name="a name"),
            CharKey.objects.create(code="50% 'off' /_2F", name="a name"),
            *(
                model.objects.create(name="a name")
                for model in (ContextFree, DenormalisedContext, DenormalisedMetadata, Everything, Loose, OldRows)
            ),
            Restaurant.objects.create(name="a name", stars=3),
        ]
        OldRows.objects.update(name="another name")
    event_models: list[Any] = [type(row).pgh_event_models[next(iter(type(row).pgh_event_models))] for row in rows]
    return {event_model: event_model.objects.latest("pgh_id") for event_model in event_models}


def test_events_of_every_make_are_listed_and_shown(browse: Browse, mara: User, mount: Mount):
    events = write()
    mount(EventModelAdmin, *events)
    for event_model, event in events.items():
        page = browse(mara, address(event_model))
        assert "1 " in page.text
        detail = browse(mara, f"{address(event_model)}{event.pk}/change/")
        assert "stars: 3" in detail.text or "name: a name" in detail.text
        if event_model not in (ContextFree.pgh_event_model,):
            assert "reason: a reason" in detail.text
            assert "somebody" in page.text
        if hasattr(event, "pgh_obj_id"):
            found = browse(mara, f"{address(event_model)}?obj={event.pgh_tracked_model._meta.label}:{event.pgh_obj_id}")
            assert "cannot be" not in found.text or "%" in str(event.pgh_obj_id)


def test_an_event_model_without_objects_is_not_asked_for_one(browse: Browse, mara: User, mount: Mount):
    Loose.objects.create(name="a name")
    mount(EventModelAdmin, Loose.pgh_event_model)
    page = browse(mara, f"{address(Loose.pgh_event_model)}?obj=tracked.Loose:1")
    assert "cannot be “tracked.Loose:1”" in page.text


def test_a_proxy_of_an_event_model_shows_the_fields_that_read_through_a_path(
    browse: Browse, mara: User, mount: Mount, person: Callable[..., User]
):
    other = person("other")
    with pghistory.context(user=other.pk, url="/somewhere/"):
        for name in ("one", "two"):
            Everything.objects.create(name=name)
    isolated: Any = isolate_apps("tests.tracked", "pghistory")
    with isolated as apps:
        apps.register_model("auth", User)

        class Logged(Everything.pgh_event_model):  # type: ignore[name-defined,misc]
            user = pghistory.ProxyField(
                "pgh_context__metadata__user", models.ForeignKey(User, on_delete=models.CASCADE, null=True)
            )
            url = pghistory.ProxyField("pgh_context__metadata__url", models.TextField(null=True))

            class Meta:
                proxy = True
                app_label = "tracked"

        class Reasoned(Events):
            reason = pghistory.ProxyField("pgh_context__reason", models.TextField(null=True))

            class Meta:
                proxy = True
                app_label = "tracked"

        class LoggedAdmin(EventModelAdmin):
            list_display = ("pgh_created_at", "name", "user", "url", "changes")

        mount(LoggedAdmin, Logged)
        page = browse(mara, f"{address(Logged)}?label=insert")
        assert "two" in page.text
        assert "other/somewhere/" in page.text
        assert "2 " in page.text
        event = Everything.pgh_event_model.objects.latest("pgh_id")
        assert "url: /somewhere/" in browse(mara, f"{address(Logged)}{event.pk}/change/").text
        found = browse(mara, f"{address(Logged)}?obj=tracked.Everything:{event.pgh_obj_id}")
        assert "name: – → two" in found.text

        with pghistory.context(reason="a reason of its own"):
            Everything.objects.create(name="three")
        mount(EventsAdmin, Reasoned)
        assert "a reason of its own" in browse(mara, address(Reasoned)).text

"""What somebody on an admin site may see of a model: its ModelAdmin decides, else the permission to view it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import RequestFactory

from pghistory import visibility as seeing
from pghistory.visibility import Visibility, visibility
from tests.matrix.models import Extra, Loaded
from tests.tracked.models import Everything, Loose

pytestmark = pytest.mark.django_db

Ask = Callable[..., HttpRequest]


@pytest.fixture
def ask(rf: RequestFactory) -> Ask:
    """A request of somebody with permissions such as "view_everything"."""

    def made(*permissions: str, anonymous: bool = False) -> HttpRequest:
        request: Any = rf.get("/")
        request.user = AnonymousUser()
        if not anonymous:
            user = User.objects.create(username="ada", is_staff=True)
            user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
            request.user = User.objects.get(pk=user.pk)
        answer: HttpRequest = request
        return answer

    return made


def site(model: Any = None, **attributes: Any) -> AdminSite:
    """A site, with a ModelAdmin of these attributes where a model is named."""
    made = AdminSite(name="own")
    if model is not None:
        made.register(model, type("Own", (ModelAdmin,), attributes))
    return made


def seen(found: Visibility, model: Any = Everything) -> list[Any]:
    """The labels of the events that may be seen."""
    event_model = model.pgh_event_model
    condition = found.condition(model, event_model, "default")
    return [] if condition is None else [event.pgh_label for event in event_model.objects.filter(condition)]


@pytest.fixture(autouse=True)
def told() -> None:
    """Two rows, one of which is gone."""
    Everything.objects.create(name="a")
    Everything.objects.create(name="gone").delete()
    Loose.objects.create(name="a")


def test_without_a_model_admin_the_permission_decides(ask: Ask):
    allowed = visibility(ask("view_everything"), site(), Everything)
    assert allowed.whole
    assert sorted(seen(allowed)) == ["delete", "insert", "insert"]
    refused = visibility(ask(anonymous=True), site(), Everything)
    assert not refused.allowed
    assert seen(refused) == []
    assert not refused.whole


def test_a_model_admin_decides_which_rows(ask: Ask):
    def get_queryset(self: Any, request: HttpRequest) -> QuerySet[Everything]:
        return Everything.objects.filter(name="a")

    found = visibility(ask("view_everything"), site(Everything, get_queryset=get_queryset), Everything)
    assert (found.allowed, found.restricted, found.deleted, found.whole) == (True, True, False, False)
    assert seen(found) == ["insert"]
    # Nothing says to which row they belong.
    assert seen(found, Everything) == ["insert"]
    assert found.condition(Loose, Loose.pgh_event_model, "default") is None


@pytest.mark.parametrize("may", [True, False])
def test_a_model_admin_may_say_whether_the_events_of_gone_rows_are_shown(ask: Ask, may: bool):
    found = visibility(
        ask("view_everything"),
        site(Everything, has_view_deleted_history_permission=lambda self, request: may),
        Everything,
    )
    assert found.is_unlimited is may
    assert sorted(seen(found)) == (["delete", "insert", "insert"] if may else ["insert"])


def test_a_model_admin_that_refuses_shows_nothing(ask: Ask):
    found = visibility(ask(), site(Everything), Everything)
    assert not found.allowed
    assert seen(found) == []


def test_events_that_belong_to_no_object_are_seen_by_those_who_see_deleted_rows(ask: Ask):
    found = visibility(ask("view_loose"), site(), Loose)
    assert seen(found, Loose) == ["insert"]


def test_a_model_admin_that_decides_by_object_is_asked_about_each(ask: Ask):
    def has_view_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.name == "a"

    own = site(Everything, has_view_permission=has_view_permission)
    request = ask()
    found = visibility(request, own, Everything)
    assert found.by_object
    assert not found.whole
    assert seeing.may_view_object(request, own, Everything(name="a"))
    assert not seeing.may_view_object(request, own, Everything(name="b"))
    assert seeing.may_view_object(request, site(), Everything(name="b"))


def test_a_proxy_is_seen_as_its_table_is(ask: Ask):
    by_table, by_proxy = site(Extra), site(Loaded)
    assert seeing.model_admin(by_table, Loaded) is by_table._registry[Extra]
    assert seeing.model_admin(by_proxy, Loaded) is by_proxy._registry[Loaded]
    request = ask("view_extra")
    assert seeing.has_permission(request, "view", Loaded)
    assert visibility(request, by_table, Loaded).allowed

"""`ProxyField`: a field of a proxy of an event model, or of `Events`, that reads through a path."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, models
from django.test.utils import isolate_apps

import pghistory
from pghistory import errors
from pghistory.models import Events, MiddlewareEvents
from tests.tracked.models import CharKey, DenormalisedContext, UuidKey

pytestmark = pytest.mark.django_db

CharKeyEvent: Any = CharKey.pgh_event_model

Make = Callable[..., Any]


@pytest.fixture
def proxy() -> Any:
    """Makes a proxy of a model with these fields."""
    isolated: Any = isolate_apps("tests.tracked")
    with isolated as apps:
        apps.register_model("auth", User)

        def made(base: type[models.Model], **fields: Any) -> Any:
            meta = type("Meta", (), {"proxy": True, "app_label": "tracked"})
            return type(f"{base.__name__}Proxy", (base,), {**fields, "Meta": meta, "__module__": __name__})

        yield made


@pytest.fixture
def logged(proxy: Make) -> Any:
    """Events of CharKey with what the middleware knows."""
    return proxy(
        CharKeyEvent,
        url=pghistory.ProxyField("pgh_context__metadata__url", models.TextField(null=True)),
        user=pghistory.ProxyField(
            "pgh_context__metadata__user", models.ForeignKey(User, on_delete=models.CASCADE, null=True)
        ),
        at=pghistory.ProxyField("pgh_context__created_at", models.DateTimeField(null=True)),
    )


def stored(**metadata: Any) -> Any:
    """An event in a context with this metadata."""
    with pghistory.context(**metadata):
        key = CharKey.objects.create(code=str(uuid.uuid4())[:20], name="n")
    return key.events.get()


def test_a_context_is_read_in_fields_of_the_event(logged: Any, user: Any):
    event = stored(user=user.pk, url="/a?b=100%")
    stored(user=None)
    other = CharKey.objects.create(code="no context").events.get()
    assert logged.objects.get(url="/a?b=100%").pk == event.pk
    assert list(logged.objects.order_by("pk").values_list("url", "user")) == [
        ("/a?b=100%", user.pk),
        (None, None),
        (None, None),
    ]
    read = logged.objects.select_related("user").get(pk=event.pk)
    assert (read.user, read.name, read.at) == (user, "n", event.pgh_context.created_at)
    assert logged.objects.get(at=None).pk == other.pk


def test_its_fields_are_ordinary_in_queries(logged: Any, user: Any):
    event = stored(user=user.pk, url="/b")
    stored(user="celery", url="/a")
    assert list(logged.objects.order_by("url").values_list("url", flat=True)) == ["/a", "/b"]
    assert logged.objects.filter(user__username="ada").get().pk == event.pk
    assert logged.objects.exclude(user=user).get().url == "/a"
    assert logged.objects.filter(user__in=User.objects.all()).count() == 1
    assert logged.objects.values("url").annotate(number=models.Count("pk")).count() == 2
    assert logged.objects.filter(pgh_obj__code=event.code, url__startswith="/").count() == 1
    assert CharKey.objects.filter(events__in=logged.objects.filter(url="/b")).get().pk == event.pgh_obj_id
    assert logged.objects.filter(url="/b").union(logged.objects.filter(url="/a")).count() == 2
    assert logged.objects.tracks(CharKey(pk=event.code)).get().url == "/b"
    assert (logged.objects.filter(url="/a") | logged.objects.filter(url="/b")).count() == 2
    assert [each.url for each in logged.objects.defer("url").order_by("pk")] == ["/b", "/a"]


def test_an_event_is_read_anew_with_them(logged: Any, user: Any):
    event = stored(user=user.pk, url="/a")
    read = logged.objects.get(pk=event.pk)
    event.pgh_context.metadata["url"] = "/b"
    event.pgh_context.save()
    read.refresh_from_db()
    assert read.url == "/b"


def test_rows_that_they_find_can_be_changed_and_removed(logged: Any):
    stored(url="/a")
    stored(url="/b")
    assert logged.objects.filter(url="/a").update(name="changed") == 1
    assert logged.objects.get(name="changed").url == "/a"
    assert logged.objects.filter(url="/a").delete() == (1, {"tracked.CharKeyEvent": 1})
    assert logged.objects.get().url == "/b"
    with pytest.raises(TypeError, match="slice"):
        logged.objects.all()[:1].update(name="no")


def test_an_event_is_stored_without_them(logged: Any):
    context = stored(url="/a").pgh_context
    values = {"pgh_label": "insert", "code": "c", "pgh_obj_id": "c", "pgh_context": context}
    event = logged.objects.create(**values)
    assert event.url == "/a"
    logged.objects.bulk_create([logged(**values), logged(**values)])
    assert logged.objects.filter(url="/a").count() == 4
    event.name = "renamed"
    event.save()
    assert logged.objects.get(name="renamed").url == "/a"


def test_a_user_can_be_deleted_that_events_name(logged: Any, user: Any):
    stored(user=user.pk)
    user.delete()
    assert logged.objects.get().user_id is not None


READ: list[tuple[Any, Any, Any]] = [
    (models.IntegerField(), 5, 5),
    (models.BigIntegerField(), "-7", -7),
    (models.IntegerField(), "9" * 30, None),
    (models.IntegerField(), "celery", None),
    (models.IntegerField(), 1.5, None),
    (models.CharField(max_length=3), "longer", "longer"),
    (models.TextField(), {"a": 1}, '{"a": 1}'),
    (models.EmailField(), None, None),
    (models.JSONField(), {"a": [1]}, {"a": [1]}),
    (models.BooleanField(), True, True),
    (models.BooleanField(), "yes", None),
    (models.FloatField(), 1.5e-3, 0.0015),
    (models.FloatField(), "1e999", None),
    (models.DecimalField(max_digits=5, decimal_places=2), "12.345", Decimal("12.345")),
    (models.DecimalField(max_digits=5, decimal_places=2), "NaN.", None),
    (models.UUIDField(), "6f1b38d0-0000-4000-8000-000000000000", uuid.UUID("6f1b38d0-0000-4000-8000-000000000000")),
    (models.UUIDField(), "6f1b38d0", None),
    (models.DateField(), "2024-02-29", dt.date(2024, 2, 29)),
    (models.DateField(), "2023-02-29", None),
    (models.DateField(), "1900-02-29", None),
    (models.DateField(), "0000-01-01", None),
    (models.DateField(), "2024-04-31", None),
    (models.TimeField(), "23:59:59.5", dt.time(23, 59, 59, 500000)),
    (models.TimeField(), "24:00", None),
    (models.DateTimeField(), "2024-12-31T23:59:00.123Z", dt.datetime(2024, 12, 31, 23, 59, 0, 123000, dt.UTC)),
    (models.DateTimeField(), "2024-12-31T23:59:00+14:00", dt.datetime(2024, 12, 31, 9, 59, tzinfo=dt.UTC)),
    (models.DateTimeField(), "2024-13-01T00:00:00Z", None),
    (models.DurationField(), "P1DT00H00M01S", dt.timedelta(days=1, seconds=1)),
    (models.DurationField(), "soon", None),
    (models.GenericIPAddressField(), "10.0.0.1", "10.0.0.1"),
    (models.GenericIPAddressField(), "10.0.0.256", None),
]


@pytest.mark.parametrize(("field", "value", "expected"), READ)
def test_a_value_is_read_in_the_type_of_the_field_or_not_at_all(proxy: Make, field: Any, value: Any, expected: Any):
    if isinstance(field, models.DurationField | models.GenericIPAddressField) and connection.pg_version < 160000:
        pytest.skip("PostgreSQL cannot be asked before 16.")
    model = proxy(CharKeyEvent, value=pghistory.ProxyField("pgh_context__metadata__deep__0__value", field))
    stored(deep=[{"value": value}])
    assert model.objects.get().value == expected
    assert model.objects.filter(value__isnull=expected is None).count() == 1


def test_a_context_in_json_is_read_too(proxy: Make):
    base: Any = DenormalisedContext.pgh_event_model
    model = proxy(base, url=pghistory.ProxyField("pgh_context__url", models.TextField(null=True)))
    with pghistory.context(url="/a"):
        DenormalisedContext.objects.create(name="a")
    assert model.objects.get(url="/a").name == "a"


def test_a_path_may_lead_to_the_object(proxy: Make):
    model = proxy(CharKeyEvent, current=pghistory.ProxyField("pgh_obj__name", models.TextField(null=True)))
    CharKey.objects.create(code="c", name="now")
    assert model.objects.get().current == "now"
    CharKey.objects.all().delete()
    assert {event.current for event in model.objects.all()} == {None}


def test_a_proxy_of_events_reads_its_columns(proxy: Make):
    model = proxy(
        Events,
        job=pghistory.ProxyField("pgh_context__job__id", models.IntegerField(null=True)),
        label=pghistory.ProxyField("pgh_label", models.TextField()),
    )
    stored(job={"id": 5})
    UuidKey.objects.create(name="other")
    assert model.objects.get(job=5).pgh_model == "tracked.CharKeyEvent"
    assert set(model.objects.values_list("job", "label")) == {(5, "insert"), (None, "insert")}


def test_a_proxy_of_a_proxy_keeps_its_fields(proxy: Make, user: Any):
    model = proxy(
        MiddlewareEvents,
        reason=pghistory.ProxyField("pgh_context__reason", models.TextField(null=True)),
        url=pghistory.ProxyField("pgh_context__path", models.TextField(null=True)),
    )
    stored(user=user.pk, reason="why", path="/p", url="/u")
    event = model.objects.select_related("user").get(pgh_model="tracked.CharKeyEvent")
    assert (event.user, event.reason, event.url) == (user, "why", "/p")


def test_a_table_cannot_have_such_a_field():
    with isolate_apps("tests.tracked"), pytest.raises(errors.UnsupportedArgument, match="proxy = True"):

        class Table(models.Model):
            url = pghistory.ProxyField("pgh_context__url", models.TextField())

            class Meta:
                app_label = "tracked"

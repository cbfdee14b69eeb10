"""`Events`: every event of every event model, as an ordinary queryset that cannot write."""

import pickle
from collections.abc import Callable
from io import StringIO
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, models
from django.db.backends.postgresql import base as postgresql
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Length

import pghistory
from pghistory import errors, registry
from pghistory.models import Events, MiddlewareEvents
from tests.tracked.models import (
    CharKey,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Loose,
    Odd,
    OneKey,
    Place,
    Restaurant,
    Shelf,
    Specimen,
    Target,
    TwoHistories,
    UuidKey,
    WatchedEvent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["client", "server"], autouse=True)
def binding(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who puts the parameters into the text: psycopg, or PostgreSQL."""
    if request.param == "server":
        connection.ensure_connection()
        monkeypatch.setattr(connection.features, "uses_server_side_binding", True)
        monkeypatch.setattr(connection.connection, "cursor_factory", postgresql.ServerBindingCursor)
    return str(request.param)


@pytest.fixture
def history(user: User) -> dict[str, Any]:
    """A few objects of several models, changed by somebody."""
    with pghistory.context(user=user.pk, url="/shop/", order=[1, {"deep": "100 %"}]):
        uuid = UuidKey.objects.create(name="first")
        char = CharKey.objects.create(code="50%", name="first")
        uuid.name = "second"
        uuid.save()
    with pghistory.context(user="celery"):
        char.name = "second"
        char.save()
        one = OneKey.objects.create(parent=uuid, name="one")
    Loose.objects.create(name="loose")
    return {"uuid": uuid, "char": char, "one": one, "user": user}


def slugs(events: Any) -> list[str]:
    """Of which event models the events are and what happened, in order."""
    return [f"{model}:{label}" for model, label in events.values_list("pgh_model", "pgh_label")]


def mine() -> Any:
    """The events of the models of `history`, in the order in which they were stored."""
    tracked: tuple[Any, ...] = (UuidKey, CharKey, OneKey, Loose)
    labels = [model.pgh_event_model._meta.label for model in tracked]
    return Events.objects.filter(pgh_model__in=labels).order_by("pgh_model", "pgh_id")


ALL = [
    "tracked.CharKeyEvent:insert",
    "tracked.CharKeyEvent:update",
    "tracked.LooseEvent:insert",
    "tracked.OneKeyEvent:insert",
    "tracked.UuidKeyEvent:insert",
    "tracked.UuidKeyEvent:update",
]


def test_the_columns_of_an_event_say_everything_about_it(history: Any):
    stored = UuidKey.pgh_event_model.objects.get(pgh_label="update")
    event = Events.objects.get(pgh_slug=f"tracked.UuidKeyEvent:{stored.pgh_id}")
    assert str(event) == f"tracked.UuidKeyEvent:{stored.pgh_id}: update"
    assert event.pgh_model == "tracked.UuidKeyEvent"
    assert event.pgh_id == stored.pgh_id
    assert event.pgh_created_at == stored.pgh_created_at
    assert event.pgh_data == {"id": str(history["uuid"].pk), "name": "second"}
    assert event.pgh_diff == {"name": ["first", "second"]}
    assert event.pgh_context_id == stored.pgh_context_id
    assert event.pgh_context == {"user": history["user"].pk, "url": "/shop/", "order": [1, {"deep": "100 %"}]}
    assert event.pgh_obj_model == "tracked.UuidKey"
    assert event.pgh_obj_id == str(history["uuid"].pk)


def test_the_first_event_of_an_object_has_no_diff_and_nor_has_one_without_a_change(history: Any):
    history["uuid"].save()
    UuidKey.pgh_event_model.objects.filter(pgh_label="update").update(name="first")
    assert set(Events.objects.tracks(history["uuid"]).values_list("pgh_diff", flat=True)) == {None}


def test_the_diff_is_against_the_previous_event_of_the_same_object_and_event_model():
    email = TwoHistories.objects.create(username="a", email="a@example.org")
    other = TwoHistories.objects.create(username="z", email="z@example.org")
    for step in "bcd":
        for obj in (email, other):
            obj.username = f"{obj.username}{step}"
            obj.email = f"{step}{obj.email}"
            obj.save()
    diffs = Events.objects.tracks(email).order_by("pgh_model", "pgh_id").values_list("pgh_diff", flat=True)
    assert list(diffs) == [
        None,
        {"email": ["a@example.org", "ba@example.org"]},
        {"email": ["ba@example.org", "cba@example.org"]},
        None,
        {"username": ["a", "ab"]},
        {"username": ["ab", "abc"]},
    ]


def test_null_is_told_from_a_value_in_a_diff():
    first = Specimen.objects.create(unique="u", target=Target.objects.create())
    first.json = {"a": [None, 1.5, "%s"]}
    first.integer = 7
    first.uuid = first.uuid
    first.time = "12:30"
    first.save()
    diff = Events.objects.tracks(first).latest("pgh_id").pgh_diff
    assert diff.pop("now")
    assert diff == {"json": [{}, {"a": [None, 1.5, "%s"]}], "integer": [1, 7], "time": [None, "12:30:00"]}


def test_columns_with_odd_names_are_read():
    odd = Odd.objects.create(select=1, order="100%")
    odd.select = 2
    odd.save()
    first, second = Events.objects.tracks(odd).order_by("pgh_id")
    assert first.pgh_label == "it's 100% \\new"
    assert (second.pgh_label, second.pgh_diff) == ('{"odd"} %s', {"We ird": [1, 2]})
    assert second.pgh_data == {"id": odd.pk, "We ird": 2, "Ord-er": "100%"}


def test_a_context_is_read_wherever_it_is_kept():
    tracked: tuple[Any, ...] = (DenormalisedContext, DenormalisedMetadata, ContextFree, Shelf)
    with pghistory.context(reason="why") as context:
        for model in tracked:
            model.objects.create(name="a")
    found = Events.objects.across(*(model.pgh_event_model for model in tracked))
    assert {event.pgh_model: (event.pgh_context_id, event.pgh_context) for event in found} == {
        "tracked.DenormalisedContextEvent": (context.id, {"reason": "why"}),
        "tracked.DenormalisedMetadataEvent": (None, {"reason": "why"}),
        "tracked.ContextFreeEvent": (None, None),
        "tracked.ShelfStory": (context.id, {"reason": "why"}),
    }


def test_events_without_an_object_are_events_too(history: Any):
    event = Events.objects.get(pgh_model="tracked.LooseEvent")
    assert (event.pgh_obj_model, event.pgh_obj_id, event.pgh_diff) == ("tracked.Loose", None, None)


def test_it_is_filtered_and_excluded_and_ordered(history: Any):
    assert slugs(mine()) == ALL
    assert slugs(mine().filter(pgh_label="update")) == [ALL[1], ALL[5]]
    assert slugs(mine().exclude(pgh_label="insert").reverse()) == [ALL[5], ALL[1]]
    assert slugs(mine().filter(Q(pgh_obj_id="50%") | Q(pgh_obj_id=None))) == ALL[:3]
    assert slugs(mine().filter(~Q(pgh_diff__isnull=True))) == [ALL[1], ALL[5]]
    assert slugs(mine().order_by("-pgh_label", "pgh_created_at", "pgh_model")) == [ALL[i] for i in (1, 5, 0, 2, 3, 4)]
    assert slugs(mine().filter(pgh_created_at__lte=F("pgh_created_at"))) == ALL


def test_json_is_looked_into(history: Any):
    assert slugs(mine().filter(pgh_context__user="celery")) == [ALL[1], ALL[3]]
    assert slugs(mine().filter(pgh_context__user=history["user"].pk)) == [ALL[0], ALL[4], ALL[5]]
    assert slugs(mine().filter(pgh_context__has_key="url", pgh_context__order__1__deep__contains="100 %")) == [
        ALL[i] for i in (0, 4, 5)
    ]
    assert slugs(mine().filter(pgh_data__name="second", pgh_diff__name__0="first")) == [ALL[1], ALL[5]]
    assert slugs(mine().filter(pgh_data__contains={"name": "loose"})) == [ALL[2]]
    assert list(mine().values_list("pgh_data__name", flat=True)[:2]) == ["first", "second"]


def test_it_is_counted_and_sliced_and_fetched_one_by_one(history: Any):
    assert mine().count() == 6
    assert mine()[1:3].count() == 2
    assert slugs(mine()[1:3]) == ALL[1:3]
    assert mine().exists()
    assert not mine().filter(pgh_label="no").exists()
    assert mine().first() == mine()[0]
    assert mine().last() == mine()[5]
    assert mine().earliest("pgh_slug").pgh_model == "tracked.CharKeyEvent"
    assert mine().contains(mine()[0])
    assert len(list(mine().iterator(chunk_size=2))) == 6
    with pytest.raises(Events.DoesNotExist):
        Events.objects.get(pgh_slug="tracked.UuidKeyEvent:0")
    with pytest.raises(Events.MultipleObjectsReturned):
        Events.objects.get(pgh_label="insert")


def test_it_is_found_by_slug(history: Any):
    keys = list(mine().values_list("pk", flat=True))
    assert [mine().get(pk=key).pk for key in keys] == keys
    assert list(mine().filter(pk__in=keys[:3]).values_list("pk", flat=True)) == keys[:3]
    assert set(Events.objects.in_bulk(keys)) == set(keys)
    assert list(mine().filter(pk__in=mine().filter(pgh_label="update").values("pk"))) == [mine()[1], mine()[5]]
    assert list(mine().exclude(pk=keys[0]).values_list("pk", flat=True)) == keys[1:]
    assert list(mine().filter(pk__in=[])) == []
    assert mine().filter(pk__in=[keys[0], "no slug", ":", "x:01", "a:" + "9" * 30]).count() == 1
    assert mine().filter(pk=Subquery(mine().values("pk")[:1])).get().pk == keys[0]
    assert mine().filter(pk__startswith="tracked.Char").count() == 2


def test_a_look_up_by_slug_is_one_by_key_in_one_table(history: Any):
    plan = Events.objects.filter(pk=mine().first().pk).defer("pgh_data", "pgh_diff", "pgh_context").explain()
    assert plan.count("Scan") == 1


def test_it_gives_values_and_distinct_values_and_aggregates(history: Any):
    assert mine().values("pgh_label", "pgh_diff")[1] == {
        "pgh_label": "update",
        "pgh_diff": {"name": ["first", "second"]},
    }
    assert sorted(mine().order_by().values_list("pgh_label").distinct()) == [("insert",), ("update",)]
    assert list(mine().order_by().values("pgh_label").annotate(number=Count("*")).order_by("number")) == [
        {"pgh_label": "update", "number": 2},
        {"pgh_label": "insert", "number": 4},
    ]
    assert mine().aggregate(last=Max("pgh_id"), models=Count("pgh_model", distinct=True))["models"] == 4
    assert list(mine().annotate(length=Length("pgh_label")).values_list("length", flat=True).distinct()) == [6] * 6
    assert mine().only("pgh_label")[0].pgh_data == mine()[0].pgh_data
    assert len(mine().datetimes("pgh_created_at", "year")) == 1


def test_it_is_put_together_with_others(history: Any):
    updates, inserts = (mine().order_by().filter(pgh_label=label) for label in ("update", "insert"))
    assert sorted(slugs(updates.union(inserts))) == sorted(ALL)
    assert slugs((updates | inserts).order_by("pgh_model", "pgh_id")) == ALL
    assert slugs(updates & inserts) == []
    assert slugs((updates ^ inserts).order_by("pgh_model", "pgh_id")) == ALL
    assert mine().difference(updates).count() == 4
    assert slugs(Events.objects.none() | updates.filter(pgh_model="tracked.CharKeyEvent")) == [ALL[1]]


def test_it_stands_in_other_queries(history: Any):
    events = Events.objects.filter(pgh_obj_model="tracked.CharKey", pgh_obj_id=OuterRef("code"))
    keys = CharKey.objects.annotate(label=Subquery(events.order_by("-pgh_id").values("pgh_label")[:1]))
    assert keys.filter(Exists(events)).get().label == "update"
    assert CharKey.objects.filter(code__in=Events.objects.values("pgh_obj_id")).count() == 1
    assert not CharKey.objects.exclude(code__in=Events.objects.tracks(history["char"]).values("pgh_obj_id")).exists()


def test_a_queryset_can_be_pickled_before_it_is_read(history: Any):
    query = pickle.loads(pickle.dumps(Events.objects.tracks(history["char"]).order_by("pgh_id").query))
    events = Events.objects.all()
    events.query = query
    assert slugs(events) == ALL[:2]


def test_the_events_of_event_models(history: Any):
    assert slugs(mine().across(CharKey.pgh_event_model)) == ALL[:2]
    assert slugs(mine().across("tracked.CharKeyEvent", "tracked.looseevent")) == ALL[:3]
    assert slugs(mine().across()) == ALL
    assert slugs(mine().across("tracked.CharKeyEvent").across("tracked.LooseEvent")) == []
    assert slugs(mine().across("tracked.CharKeyEvent", "tracked.LooseEvent").across("tracked.LooseEvent")) == [ALL[2]]
    assert slugs(mine().across("tracked.CharKeyEvent") | mine().across("tracked.LooseEvent")) == ALL[:3]
    assert slugs(mine() | mine().across("tracked.LooseEvent")) == ALL


@pytest.mark.parametrize("named", ["tracked.CharKey", CharKey, "nothing", 5, Target])
def test_across_says_what_is_no_event_model(named: Any):
    with pytest.raises(errors.InvalidObjects, match=r"no event model.*tracked\.CharKeyEvent"):
        Events.objects.across(named)


def test_the_events_of_objects(history: Any):
    char, uuid = history["char"], history["uuid"]
    assert slugs(mine().tracks(char)) == ALL[:2]
    assert slugs(mine().tracks(UuidKey(pk=uuid.pk))) == ALL[4:]
    assert slugs(mine().tracks(char, CharKey(code="none"))) == ALL[:2]
    assert slugs(mine().tracks([char, char])) == ALL[:2]
    assert slugs(mine().tracks(CharKey.objects.filter(name="second"))) == ALL[:2]
    assert slugs(mine().tracks(CharKey.objects.all()[:1])) == ALL[:2]
    assert slugs(mine().tracks(CharKey.objects.none())) == []
    assert slugs(mine().tracks(char).tracks(CharKey(code="none"))) == []
    assert slugs(mine().tracks(char) & mine().tracks(char).filter(pgh_label="insert")) == [ALL[0]]
    assert slugs(mine().tracks(char) | mine().across("tracked.LooseEvent")) == ALL[:3]
    assert slugs(mine().exclude(pk__in=Events.objects.tracks(char).values("pk"))) == ALL[2:]
    assert mine().tracks(char).count() == 2
    assert slugs(mine().tracks()) == []
    assert slugs(mine().tracks([])) == []


def test_the_events_of_objects_that_have_none():
    assert slugs(Events.objects.tracks(Target.objects.create())) == []
    assert slugs(Events.objects.tracks(Loose.objects.create(name="no object"))) == []
    assert slugs(Events.objects.references(Restaurant(pk=1))) == []


def test_the_events_of_a_deleted_object(history: Any):
    key = history["char"].pk
    history["char"].delete()
    assert slugs(Events.objects.tracks(CharKey(pk=key)).order_by("pgh_id")) == [*ALL[:2], "tracked.CharKeyEvent:delete"]


def test_the_events_of_an_object_that_is_kept_in_two_tables():
    restaurant = Restaurant.objects.create(name="r", stars=1)
    assert slugs(Events.objects.tracks(restaurant)) == ["tracked.RestaurantEvent:insert"]
    assert slugs(Events.objects.tracks(Place(pk=restaurant.pk))) == ["tracked.PlaceEvent:insert"]


def test_a_child_that_is_not_tracked_has_the_events_of_its_parent(scratch: Any):
    class Cafe(Place):
        class Meta:
            app_label = "tracked"

    place = Place.objects.create(name="p")
    assert slugs(Events.objects.tracks(Cafe(pk=place.pk))) == ["tracked.PlaceEvent:insert"]


def test_the_events_that_refer_to_objects(history: Any):
    target = Target.objects.create(code="code")
    first = Specimen.objects.create(unique="1", target=target)
    Specimen.objects.create(unique="2", target=Target.objects.create(code="other"), by_code=target, itself=first)
    assert slugs(Events.objects.references(target).order_by("pgh_id")) == ["tracked.SpecimenEvent:insert"] * 2
    assert Events.objects.references(Target.objects.filter(code="code")).count() == 2
    assert Events.objects.references(first).count() == 2
    assert slugs(mine().references(history["uuid"])) == ALL[3:]
    assert slugs(mine().references()) == []


def test_an_event_that_is_tracked_itself_is_an_object_too(history: Any):
    event = WatchedEvent.objects.create(pgh_label="insert", name="n", pgh_obj_id=1, id=1)
    event.remark = "remarked"
    event.save()
    assert slugs(Events.objects.tracks(event)) == ["tracked.WatchedEventRemarkEvent:remarked"]


@pytest.mark.parametrize(
    "wrong",
    [
        Events.objects.tracks,
        lambda char, uuid: Events.objects.references([char, uuid]),
        lambda char, uuid: Events.objects.tracks(char).references(char),
        lambda char, uuid: Events.objects.references(char).tracks(char),
        lambda char, uuid: Events.objects.tracks(cast("Any", CharKey)),
        lambda char, uuid: Events.objects.tracks(CharKey.objects.all(), char),
        lambda char, uuid: Events.objects.tracks(UuidKey(pk=None)),
        lambda char, uuid: Events.objects.tracks(char) | Events.objects.tracks(uuid),
    ],
    ids=["mixed", "mixed list", "both", "both reversed", "class", "queryset and object", "no key", "combined"],
)
def test_objects_that_cannot_be_looked_up_together_are_refused(history: Any, wrong: Callable[..., Any]):
    with pytest.raises(errors.InvalidObjects) as raised:
        wrong(history["char"], history["uuid"])
    assert isinstance(raised.value, ValueError)


def test_without_a_condition_there_is_no_event(history: Any):
    assert slugs(mine().limited({})) == []
    assert slugs(mine().limited({CharKey.pgh_event_model: Q()})) == ALL[:2]
    assert slugs(mine().limited({CharKey.pgh_event_model: Q(pgh_label="nothing")})) == []


def test_an_event_model_finds_the_events_of_a_queryset_or_a_list(history: Any):
    event_model = CharKey.pgh_event_model
    CharKey.objects.create(code="another")
    char = history["char"]
    own = set(event_model.objects.filter(pgh_obj=char.pk))
    assert own
    for given in (char, [char], (char,), CharKey.objects.filter(pk=char.pk)):
        assert set(event_model.objects.tracks(given)) == own
    assert set(event_model.objects.tracks(char, CharKey(pk="another"))) == set(event_model.objects.all())
    assert not event_model.objects.tracks().exists()
    assert not event_model.objects.tracks([]).exists()
    assert not event_model.objects.tracks(CharKey.objects.none()).exists()
    with pytest.raises(errors.InvalidObjects, match=r"is no tracked\.CharKey"):
        event_model.objects.tracks(UuidKey.objects.all())


def test_a_slice_cannot_be_narrowed(history: Any):
    with pytest.raises(TypeError, match="slice"):
        mine()[:2].tracks(history["char"])
    with pytest.raises(TypeError, match="slice"):
        mine()[:2].across("tracked.CharKeyEvent")


@pytest.mark.parametrize(
    "write",
    [
        lambda: Events.objects.all().delete(),
        lambda: Events.objects.update(pgh_label="no"),
        lambda: Events.objects.create(pgh_slug="no"),
        lambda: Events.objects.bulk_create([Events()]),
        lambda: Events.objects.bulk_update([Events()], ["pgh_label"]),
        lambda: Events().save(),
        lambda: Events(pgh_slug="no").delete(),
        lambda: MiddlewareEvents.objects.filter(user=1).delete(),
    ],
)
def test_it_cannot_be_written_to(write: Callable[[], Any]):
    with pytest.raises(errors.ReadOnlyEvents):
        write()


def test_an_event_is_read_anew(history: Any):
    event = mine().first()
    CharKey.pgh_event_model.objects.filter(pk=event.pgh_id).update(name="third")
    event.refresh_from_db()
    assert event.pgh_data["name"] == "third"
    event.refresh_from_db(from_queryset=Events.objects.filter(pgh_label="insert"))
    assert event.pgh_label == "insert"


def test_the_default_manager_and_the_base_manager_find_nothing(history: Any):
    assert not Events._default_manager.exists()
    assert not Events._base_manager.exists()
    assert not MiddlewareEvents._default_manager.exists()


@pytest.mark.parametrize("everything", [True, False])
def test_dumpdata_passes_over_it(history: Any, everything: bool):
    out = StringIO()
    call_command("dumpdata", "pghistory", use_base_manager=everything, stdout=out)
    assert "pghistory.context" in out.getvalue()
    assert "pghistory.events" not in out.getvalue()


def test_without_event_models_there_are_no_events(monkeypatch: Any, history: Any):
    monkeypatch.setattr(registry, "_event_models", {})
    assert list(Events.objects.all()) == []
    assert Events.objects.order_by("-pgh_created_at").filter(pgh_context__user=1).count() == 0
    assert list(MiddlewareEvents.objects.select_related("user").filter(user=1)) == []


@pytest.mark.django_db(databases=["default", "archive"])
def test_every_database_has_its_own_events(history: Any):
    with pghistory.context(user="archivist"):
        UuidKey.objects.using("archive").create(name="elsewhere")
    event = Events.objects.using("archive").get()
    assert (event.pgh_data["name"], event.pgh_context) == ("elsewhere", {"user": "archivist"})
    event.refresh_from_db()
    assert event._state.db == "archive"


def test_the_newest_events_are_read_by_index_and_only_those_that_are_shown_are_compared(history: Any):
    UuidKey.objects.bulk_create(UuidKey(name=str(number)) for number in range(300))
    UuidKey.objects.update(name="changed")
    CharKey.objects.bulk_create(CharKey(code=str(number)) for number in range(300))
    with connection.cursor() as cursor:
        cursor.execute("analyze tracked_uuidkeyevent, tracked_charkeyevent")
    events = Events.objects.across("tracked.UuidKeyEvent", "tracked.CharKeyEvent")
    plan = events.order_by("-pgh_created_at")[:20].explain(analyze=True, costs=False, timing=False, summary=False)
    assert "Merge Append" in plan
    assert plan.count("Index Scan Backward using") == 2
    assert "rows=601" not in plan
    # Any other order sorts keys; the comparison still waits for what is left.
    sorted_plan = events.order_by("pgh_label")[:20].explain(analyze=True, costs=False, timing=False, summary=False)
    assert "loops=20)" in sorted_plan
    assert "loops=904" not in sorted_plan


class TestMiddlewareEvents:
    def test_the_user_and_the_url_are_fields(self, history: Any):
        events = MiddlewareEvents.objects.across("tracked.UuidKeyEvent").filter(user=history["user"], url="/shop/")
        assert slugs(events.order_by("pgh_id")) == ALL[4:]
        assert {event.user for event in events} == {history["user"]}
        assert events.values("user_id", "url")[0] == {"user_id": history["user"].pk, "url": "/shop/"}

    def test_a_user_that_is_no_key_breaks_nothing(self, history: Any):
        for odd in ("", "5.0", "1e3", " 7", "-", "9" * 40, True, None, 1.5, {"pk": 1}, [1], "٣"):
            with pghistory.context(user=odd, url=odd):
                CharKey.objects.update(name="x")
        events = MiddlewareEvents.objects.across("tracked.CharKeyEvent").order_by("pgh_id")
        assert [event.user_id for event in events][:2] == [history["user"].pk, None]
        assert {event.user_id for event in events[1:]} == {None}
        assert events.filter(user__username="ada").count() == 1
        assert events.filter(user__isnull=True).count() == events.count() - 1
        assert slugs(events.exclude(user=history["user"]))[0] == ALL[1]

    def test_the_user_is_joined(self, history: Any, django_assert_num_queries: Any):
        with django_assert_num_queries(1):
            names = [
                event.user.username if event.user else None
                for event in MiddlewareEvents.objects.select_related("user")
                .across("tracked.CharKeyEvent")
                .order_by("user__username", "pgh_id")
            ]
        assert names == ["ada", None]
        assert (
            MiddlewareEvents.objects.values_list("user__username", flat=True).filter(user__is_staff=False).count() == 3
        )
        assert MiddlewareEvents.objects.filter(user__in=User.objects.filter(username="ada")).count() == 3
        assert MiddlewareEvents.objects.exclude(user__groups__name="no").filter(user=history["user"]).count() == 3

    def test_a_user_can_be_deleted(self, history: Any):
        history["user"].delete()
        event = MiddlewareEvents.objects.filter(url="/shop/")[0]
        assert event.user_id is not None
        assert MiddlewareEvents.objects.filter(user__username="ada").count() == 0

    def test_its_fields_are_no_columns_for_migrations(self):
        assert MiddlewareEvents._meta.local_fields == []
        assert MiddlewareEvents not in {relation.related_model for relation in User._meta.related_objects}

    def test_an_event_is_read_anew(self, history: Any):
        event = MiddlewareEvents.objects.defer("user").filter(url="/shop/")[0]
        assert event.user_id == history["user"].pk
        event.refresh_from_db()
        assert event.user == history["user"]


def test_models_are_typed_as_they_are() -> None:
    assert issubclass(MiddlewareEvents, Events)
    assert isinstance(Events._meta.get_field("pgh_slug"), models.TextField)

"""`as_of`: the rows of a model as they were, and the ways to ask for them."""

import datetime as dt
import pickle
from typing import Any

import pytest
from django.db import DataError, connection, models, transaction
from django.db.models import Count, F, Sum

import pghistory
from pghistory import errors, registry
from pghistory.as_of import NotReconstructable, UnknownRow, as_of
from pghistory.states import Source
from tests.integration.history import happened, hour
from tests.past.models import Book, Diary, Order, Receipt, Rush, Urgent
from tests.tracked.models import (
    ByRow,
    ByStatement,
    CharKey,
    Everything,
    Loose,
    OldRows,
    OneKey,
    Place,
    Restaurant,
    Specimen,
    Target,
    TwoHistories,
    UuidKey,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> dict[str, int]:
    """Three rows: "stays" from hour 1, changed in 2; "goes" from 1 until 3; "comes" in 3."""
    stays, goes = Everything.objects.create(name="a", number=1), Everything.objects.create(name="x", number=9)
    keys = {"stays": stays.pk, "goes": goes.pk}
    happened(1, Everything)
    Everything.objects.filter(pk=stays.pk).update(name="b", number=2)
    happened(2, Everything)
    goes.delete()
    keys["comes"] = Everything.objects.create(name="new").pk
    happened(3, Everything)
    return keys


def names(found: Any) -> list[str]:
    return sorted(row.name for row in found)


@pytest.mark.parametrize(
    ("at", "found"),
    [(0, []), (1, ["a", "x"]), (1.5, ["a", "x"]), (2, ["b", "x"]), (3, ["b", "new"]), (9, ["b", "new"])],
)
def test_rows_are_those_of_the_instant(told: Any, at: float, found: list[str]):
    assert names(as_of(Everything, hour(at))) == found


def test_one_row_is_found_by_its_key(told: Any):
    row = as_of(Everything, hour(1)).get(pk=told["stays"])
    assert (type(row).__name__, row.name, row.number) == ("Everything", "a", 1)
    assert isinstance(row, Everything)
    assert row == Everything.objects.get(pk=told["stays"])
    assert as_of(Everything, hour(2)).get(pk=told["goes"]).name == "x"
    with pytest.raises(Everything.DoesNotExist):
        as_of(Everything, hour(3)).get(pk=told["goes"])
    with pytest.raises(Everything.DoesNotExist):
        as_of(Everything, hour(2)).get(pk=told["comes"])
    with pytest.raises(Everything.DoesNotExist):
        as_of(Everything, hour(2)).get(pk=0)


def test_it_is_narrowed_and_read_like_any_queryset(told: Any):
    rows = as_of(Everything, hour(1))
    assert names(rows.filter(number__gt=5)) == ["x"]
    assert names(rows.exclude(number__gt=5)) == ["a"]
    assert [row.name for row in rows.order_by("-number")] == ["x", "a"]
    assert rows.order_by("-number")[0].name == "x"
    assert [row.name for row in rows.order_by("number")[1:2]] == ["x"]
    assert list(rows.order_by("name").values_list("name", "number")) == [("a", 1), ("x", 9)]
    assert rows.values("name").get(pk=told["stays"]) == {"name": "a"}
    assert (rows.count(), rows.exists(), rows.filter(name="b").exists()) == (2, True, False)
    assert rows.aggregate(all=Sum("number"))["all"] == 10
    assert rows[:1].aggregate(n=Count("*"))["n"] == 1
    assert names(rows.annotate(more=F("number") + 1).filter(more=2)) == ["a"]
    assert names(rows.iterator()) == ["a", "x"]
    assert rows.in_bulk([told["goes"]])[told["goes"]].name == "x"
    assert rows.filter(pk__in=[]).count() == 0
    assert names(rows.filter(pk__in=[told["goes"], told["comes"]])) == ["x"]
    assert names(rows.filter(name="a") | rows.filter(name="x")) == ["a", "x"]
    assert names(rows.filter(name="a").union(rows.filter(name="x"))) == ["a", "x"]
    assert rows.distinct().count() == 2
    assert rows.order_by("pk").last() == Everything(pk=told["goes"])


def test_rows_are_compared_with_their_own_columns(told: Any):
    Everything.objects.filter(pk=told["stays"]).update(number=told["stays"])
    happened(4, Everything)
    rows = as_of(Everything, hour(4))
    assert names(rows.filter(pk=F("number"))) == ["b"]
    assert names(rows.filter(pk__in=[F("number"), told["comes"]])) == ["b", "new"]
    assert names(as_of(Everything, hour(3)).filter(pk=F("number"))) == []


def test_it_is_a_subquery_of_living_rows_and_of_others(told: Any):
    then = as_of(Everything, hour(1))
    assert names(Everything.objects.filter(pk__in=then.values("pk"))) == ["b"]
    assert names(Everything.objects.exclude(pk__in=then.filter(number=1).values("pk"))) == ["new"]
    assert names(as_of(Everything, hour(3)).filter(pk__in=then)) == ["b"]
    assert names(then.filter(pk__in=Everything.objects.filter(name="b"))) == ["a"]
    assert names(then.filter(number__lt=models.Subquery(then.order_by("-number").values("number")[:1]))) == ["a"]
    assert names(then.filter(models.Exists(Everything.objects.filter(pk=models.OuterRef("pk"))))) == ["a"]
    assert names(Everything.objects.filter(models.Exists(then.filter(pk=models.OuterRef("pk"))))) == ["b"]


def test_an_instance_refuses_to_be_written(told: Any):
    row = as_of(Everything, hour(1)).get(pk=told["stays"])
    row.name = "c"
    for write in (
        row.save,
        row.delete,
        lambda: row.save_base(raw=True),
        lambda: Everything.objects.bulk_update([row], ["name"]),
        lambda: Everything.objects.bulk_create([row]),
    ):
        with pytest.raises(errors.PastRow, match=r"tracked\.Everything \d+ is shown as it was at 2001-05-01T01"):
            write()
    assert Everything.objects.get(pk=row.pk).name == "b"


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: rows.update(name="c"),
        lambda rows: rows.delete(),
        lambda rows: rows.create(name="c"),
        lambda rows: rows.bulk_create([]),
        lambda rows: rows.get_or_create(name="c"),
        lambda rows: rows.update_or_create(name="c"),
        lambda rows: rows.select_for_update(),
    ],
)
def test_the_queryset_refuses_to_write(told: Any, write: Any):
    with pytest.raises(errors.PastRow, match="cannot be written"):
        write(as_of(Everything, hour(1)))


def test_an_instance_stays_what_it_is_when_it_is_pickled_and_read_anew(told: Any):
    row = pickle.loads(pickle.dumps(as_of(Everything, hour(1)).defer("number").get(pk=told["stays"])))
    assert row.number == 1
    with pytest.raises(errors.PastRow):
        row.save()
    row.name = "z"
    row.refresh_from_db()
    assert row.name == "a"
    rows = pickle.loads(pickle.dumps(as_of(Everything, hour(1)).order_by("name")))
    assert names(rows) == ["a", "x"]


def test_an_instant_without_a_zone_is_in_the_current_one(told: Any, settings: Any):
    settings.TIME_ZONE = "Etc/GMT-3"
    assert names(as_of(Everything, dt.datetime(2001, 5, 1, 4))) == ["a", "x"]  # noqa: DTZ001 - what is tested


def test_the_last_write_counts_among_those_of_one_instant(told: Any):
    Everything.objects.filter(pk=told["stays"]).update(name="c")
    Everything.objects.filter(pk=told["stays"]).update(name="d")
    happened(4, Everything)
    assert as_of(Everything, hour(4)).get(pk=told["stays"]).name == "d"


def test_manual_events_and_forgotten_labels_are_states(told: Any):
    Everything.pgh_event_model.objects.filter(pgh_label="update").update(pgh_label="forgotten")
    assert as_of(Everything, hour(2)).get(pk=told["stays"]).name == "b"


class TestRowsThatAreNotKnown:
    @pytest.fixture
    def unknown(self, told: Any) -> Any:
        """A row that was there before its first event, an update in hour 2."""
        event_model = Everything.pgh_event_model
        event_model.objects.filter(pgh_obj=told["stays"], pgh_label="insert").delete()
        return told["stays"]

    def test_are_refused_before_their_first_event(self, unknown: Any):
        for read in (
            lambda rows: rows.get(pk=unknown),
            lambda rows: rows.count(),
            lambda rows: rows.filter(number=77).exists(),
            lambda rows: rows.aggregate(Sum("number")),
            list,
            lambda rows: list(rows.iterator()),
            lambda rows: list(rows.filter(number=1)),
        ):
            with pytest.raises(UnknownRow, match=rf"Everything is not known at .*: {unknown}\."), transaction.atomic():
                read(as_of(Everything, hour(1)))
        assert issubclass(UnknownRow, NotReconstructable)

    def test_matter_only_to_a_query_that_needs_them(self, unknown: Any, told: Any):
        assert as_of(Everything, hour(1)).get(pk=told["goes"]).name == "x"
        assert as_of(Everything, hour(2)).get(pk=unknown).name == "b"

    def test_are_left_out_where_the_instant_is_partial(self, unknown: Any):
        assert names(as_of(Everything, hour(1), partial=True)) == ["x"]
        assert names(as_of(Everything, hour(2), partial=True)) == ["b", "x"]

    def test_may_have_no_event_at_all(self):
        row = Everything.objects.create(name="a")
        row.events.all().delete()
        with pytest.raises(UnknownRow), transaction.atomic():
            as_of(Everything, hour(1)).get(pk=row.pk)
        with pytest.raises(UnknownRow), transaction.atomic():
            list(as_of(Everything, hour(1)))
        assert not as_of(Everything, hour(1), partial=True).exists()

    def test_other_errors_of_the_database_are_what_they_are(self, told: Any):
        with pytest.raises(DataError) as caught, transaction.atomic():
            list(as_of(Everything, hour(1)).annotate(x=1 / (F("number") - F("number"))))
        assert not isinstance(caught.value, errors.PghistoryError)


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        ("model", "missing"),
        [
            (OneKey, "a tracker of every delete"),
            (OldRows, "a tracker of every insert, a tracker of every delete"),
            (Diary, 'the field "secret"'),
            (Loose, "`pgh_obj`"),
            (TwoHistories, "a tracker of every insert"),
        ],
    )
    def test_is_named(self, model: Any, missing: str):
        with pytest.raises(NotReconstructable) as caught:
            as_of(model, hour(1))
        assert missing in str(caught.value)
        assert model._meta.label in str(caught.value)
        assert "partial=True" in str(caught.value)

    @pytest.mark.parametrize("partial", [False, True])
    def test_a_model_that_is_not_tracked_is_refused(self, partial: bool):
        with pytest.raises(errors.UntrackedModel, match=r"tracked\.Target"):
            as_of(Target, hour(1), partial=partial)

    def test_a_change_condition_over_all_that_is_kept_leaves_nothing_out(self, build: Any):
        @pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent("any", condition=pghistory.AnyChange("id", "number", "day")),
            pghistory.DeleteEvent(),
        )
        class Covered(models.Model):
            number = models.IntegerField()
            day = models.DateField(auto_now=True)

            class Meta:
                app_label = "tracked"

        @pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude_auto=True)),
            pghistory.DeleteEvent(),
        )
        class Uncovered(models.Model):
            day = models.DateField(auto_now=True)

            class Meta:
                app_label = "tracked"

        build(Covered)
        assert not as_of(Covered, hour(1)).exists()
        with pytest.raises(NotReconstructable, match="a tracker of every update"):
            as_of(Uncovered, hour(1))

    def test_fields_that_are_not_kept_are_refused_on_the_instance(self):
        diary = Diary.objects.create(text="a", secret="s")
        happened(1, Diary)
        row = as_of(Diary, hour(1), partial=True).get()
        assert (row.pk, row.text) == (diary.pk, "a")
        with pytest.raises(NotReconstructable, match='the field "secret"'):
            _ = row.secret
        row.refresh_from_db()
        with pytest.raises(NotReconstructable, match='the field "secret"'):
            _ = row.secret

    def test_what_some_trackers_know_is_shown_where_the_instant_is_partial(self):
        row = TwoHistories.objects.create(username="a", email="a")
        TwoHistories.objects.filter(pk=row.pk).update(email="b")
        happened(1, TwoHistories)
        TwoHistories.objects.filter(pk=row.pk).update(email="c")
        happened(2, TwoHistories)
        emails = TwoHistories.pgh_event_models["email_changed"].objects
        assert not emails.as_of(hour(0), partial=True).exists()
        assert [row.email for row in emails.as_of(hour(1), partial=True)] == ["b"]
        assert [row.email for row in emails.as_of(hour(2), partial=True)] == ["c"]


class TestKindsOfModels:
    @pytest.mark.parametrize("model", [ByRow, ByStatement])
    def test_several_labels_for_one_write_are_one_state(self, model: Any):
        row = model.objects.create(number=1, name="a")
        happened(1, model)
        model.objects.update(number=0, name="b")
        happened(2, model)
        model.objects.all().delete()
        happened(3, model)
        found = [
            [(row.number, row.name, row.doubled) for row in as_of(model, hour(at)).filter(pk=row.pk)] for at in range(4)
        ]
        assert found == [[], [(1, "a", 2)], [(0, "b", 0)], []]

    def test_keys_of_any_kind(self):
        char, uuid = CharKey.objects.create(code="50% 'off'", name="a"), UuidKey.objects.create(name="b")
        happened(1, CharKey, UuidKey)
        for row in (char, uuid):
            assert as_of(type(row), hour(1)).get(pk=row.pk) == row
            assert list(as_of(type(row), hour(1))) == [row]
            assert not as_of(type(row), hour(0)).exists()

    def test_a_key_that_was_used_again(self):
        for number, name in enumerate(("a", "b")):
            row = CharKey.objects.create(code="k", name=name)
            happened(2 * number + 1, CharKey)
            row.delete()
            happened(2 * number + 2, CharKey)
        assert [names(as_of(CharKey, hour(at))) for at in range(5)] == [[], ["a"], [], ["b"], []]

    def test_columns_of_every_kind(self):
        target = Target.objects.create(code="t")
        made = Specimen.objects.create(unique="A", target=target, array=[1], json={"a": None}, duration=dt.timedelta(3))
        made.refresh_from_db()
        happened(1, Specimen)
        Specimen.objects.update(array=[], json=1, unique="B")
        then = as_of(Specimen, hour(1)).get(pk=made.pk)
        fields = [field.attname for field in Specimen._meta.concrete_fields]
        assert [getattr(then, name) for name in fields] == [getattr(made, name) for name in fields]

    def test_rows_that_are_known_by_their_old_states(self):
        receipt = Receipt.objects.create(order=Order.objects.create(), number=1)
        key = receipt.pk
        happened(1, Order, Receipt)
        Receipt.objects.update(number=2)
        happened(2, Receipt)
        Receipt.objects.update(number=3)
        happened(3, Receipt)
        numbers = [[row.number for row in as_of(Receipt, hour(at))] for at in range(5)]
        assert numbers == [[], [1], [2], [3], [3]]
        receipt.delete()
        happened(4, Receipt)
        numbers = [[row.number for row in as_of(Receipt, hour(at)).filter(pk=key)] for at in range(5)]
        assert numbers == [[], [1], [2], [3], []]
        Receipt.pgh_event_model.objects.filter(pgh_label="insert").delete()
        with pytest.raises(UnknownRow), transaction.atomic():
            as_of(Receipt, hour(1)).get(pk=key)
        assert not as_of(Receipt, hour(1), partial=True).exists()

    def test_a_row_in_several_tables_is_read_from_the_events_of_each(self):
        rush = Rush.objects.create(total=1, courier="a")
        happened(1, Order, Rush)
        Rush.objects.update(courier="b")
        happened(2, Order, Rush)
        Order.objects.update(total=2)
        happened(3, Order, Rush)
        found = [[(row.total, row.courier) for row in as_of(Rush, hour(at))] for at in range(4)]
        assert found == [[], [(1, "a")], [(1, "b")], [(2, "b")]]
        row = as_of(Rush, hour(2)).get(total=1)
        assert (row.order_ptr.total, row.pk) == (1, rush.pk)
        with pytest.raises(errors.PastRow):
            row.order_ptr.save()
        assert as_of(Order, hour(1)).get().rush.courier == "a"

    def test_a_child_of_two_tracked_tables(self):
        Restaurant.objects.create(name="a", stars=1)
        happened(1, Place, Restaurant)
        Place.objects.update(name="b")
        happened(2, Place, Restaurant)
        assert [row.name for row in as_of(Restaurant, hour(1)).filter(stars=1)] == ["a"]

    def test_a_proxy_has_the_rows_of_its_table(self):
        Urgent.objects.create(courier="a")
        happened(1, Order, Rush)
        [row] = as_of(Urgent, hour(1))
        assert type(row).__name__ == "Urgent"
        assert isinstance(row, Urgent)

    def test_the_event_model_that_knows_everything_is_chosen(self):
        book = Book.objects.create(title="a")
        pghistory.create_event(book, label="seen")
        happened(1, Book)
        Book.objects.update(title="b")
        happened(2, Book)
        assert [row.title for row in as_of(Book, hour(1))] == ["a"]

    def test_events_without_an_object_tell_rows_by_their_key(self):
        row = Loose.objects.create(name="a")
        happened(1, Loose)
        Loose.objects.update(name="b")
        happened(2, Loose)
        row.delete()
        happened(3, Loose)
        assert [names(as_of(Loose, hour(at), partial=True)) for at in range(4)] == [[], ["a"], ["b"], []]

    @pytest.mark.django_db(databases=["default", "archive"])
    def test_each_database_has_its_own_rows(self, told: Any):
        Everything.objects.using("archive").create(name="elsewhere")
        happened(1, Everything, using="archive")
        [row] = as_of(Everything, hour(1), using="archive")
        assert (row.name, row._state.db) == ("elsewhere", "archive")
        assert names(as_of(Everything, hour(1)).using("archive")) == ["elsewhere"]
        row.refresh_from_db()
        assert row.name == "elsewhere"


class TestOfEvents:
    def test_are_the_objects_of_the_events(self, told: Any):
        events = Everything.pgh_event_model.objects
        assert names(events.as_of(hour(1))) == ["a", "x"]
        assert names(events.filter(pgh_label="delete").as_of(hour(1))) == ["x"]
        assert [row.name for row in Everything.objects.get(name="b").events.as_of(hour(1))] == ["a"]

    def test_are_told_by_this_event_model(self):
        Book.objects.create(title="a")
        happened(1, Book)
        whole, seen = Book.pgh_event_models["insert"], Book.pgh_event_models["seen"]
        assert [row.title for row in whole.objects.as_of(hour(1))] == ["a"]
        with pytest.raises(NotReconstructable, match="a tracker of every insert"):
            seen.objects.as_of(hour(1))
        assert not seen.objects.as_of(hour(1), partial=True).exists()

    def test_need_a_reference_to_their_objects_to_be_narrowed(self):
        events = Loose.pgh_event_model.objects
        assert not events.as_of(hour(1), partial=True).exists()
        with pytest.raises(errors.InvalidObjects, match="no reference to its objects"):
            events.filter(name="a").as_of(hour(1), partial=True)


def plan(rows: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    return str(rows.explain(analyze=True, costs=False, timing=False, summary=False))


def test_few_rows_cost_few_probes_of_the_index_over_objects(told: Any):
    assert "Recursive Union" in plan(as_of(Everything, hour(1)))
    for rows in (
        as_of(Everything, hour(1)).filter(pk=told["stays"]),
        as_of(Everything, hour(1)).filter(pk__in=[told["stays"], told["goes"]]),
        Everything(pk=told["stays"]).events.as_of(hour(1)),
    ):
        assert "Recursive Union" not in plan(rows)


TRACKED = sorted(registry.tracked_models(), key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model._meta.label)
def test_every_tracked_model_can_be_read_as_far_as_it_is_known(model: Any):
    if not Source(registry.concrete(model), registry.event_models_of(model)[0]).has_key:
        with pytest.raises(NotReconstructable, match="`pgh_obj`"):
            as_of(model, hour(1), partial=True)
        return
    rows = as_of(model, hour(1), partial=True)
    assert list(rows) == []
    assert rows.count() == 0
    assert not rows.filter(pk__in=model._base_manager.values("pk")).exists()

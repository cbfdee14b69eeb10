"""Conditional tracking: which updates are events."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

import pghistory
from tests.tracked.models import Cash, Compared, MyUser, OnlyCash

pytestmark = pytest.mark.django_db


@pytest.fixture
def compared() -> Compared:
    return Compared.objects.create(field_one=1, field_two=1, field_three=1, field_four=1, not_kept={"a": 1})


def labels_after(compared: Compared, **values: Any) -> set[str]:
    """The labels of the events that one update of exactly these columns makes."""
    Compared.objects.filter(pk=compared.pk).update(**values)
    return {event.pgh_label for model in set(Compared.pgh_event_models.values()) for event in model.objects.all()} - {
        "unconditional"
    }


def test_the_document_example_stores_the_row_from_before_the_email_changed():
    history = MyUser.pgh_event_model
    assert history.__name__ == "UserEmailHistory"
    user = MyUser.objects.create(username="hello", email="hello@hello.com", address="somewhere")
    assert not history.objects.exists()

    user.email = "world@world.com"
    user.save()
    assert list(history.objects.filter(pgh_obj=user).values_list("email", flat=True)) == ["hello@hello.com"]


def test_other_fields_make_no_event_and_every_field_is_stored():
    user = MyUser.objects.create(username="hello", email="hello@hello.com", address="somewhere")
    user.username = "other"
    user.save()
    assert not MyUser.pgh_event_model.objects.exists()

    user.email = "world@world.com"
    user.save()
    event = MyUser.pgh_event_model.objects.get()
    assert (event.username, event.email, event.address) == ("other", "hello@hello.com", "somewhere")


def test_any_change_fires_when_one_of_the_fields_changes(compared: Compared):
    assert "any" in labels_after(compared, field_two=2)


def test_any_change_does_not_fire_for_other_fields(compared: Compared):
    assert "any" not in labels_after(compared, field_three=2)


def test_any_change_with_exclude_fires_for_every_other_field(compared: Compared):
    assert "any_but_one" in labels_after(compared, field_three=2)


def test_any_change_with_exclude_does_not_fire_for_the_excluded_field(compared: Compared):
    assert "any_but_one" not in labels_after(compared, field_one=2)


@pytest.mark.parametrize("column", ["day", "moment"])
def test_any_change_with_exclude_auto_does_not_fire_for_automatic_dates(compared: Compared, column: str):
    later = {"day": dt.date(2031, 1, 1), "moment": timezone.now() + dt.timedelta(days=1)}
    assert "any_by_hand" not in labels_after(compared, **{column: later[column]})


def test_any_change_with_exclude_auto_fires_for_the_others(compared: Compared):
    assert "any_by_hand" in labels_after(compared, field_one=2)


def test_all_change_fires_when_all_fields_change_in_one_update(compared: Compared):
    assert "both" in labels_after(compared, field_three=2, field_four=2)


def test_all_change_does_not_fire_when_one_of_them_stays(compared: Compared):
    assert "both" not in labels_after(compared, field_three=2)


def test_any_dont_change_fires_when_one_of_the_fields_stays(compared: Compared):
    assert "one_stays" in labels_after(compared, field_three=2)


def test_any_dont_change_does_not_fire_when_all_change(compared: Compared):
    assert "one_stays" not in labels_after(compared, field_three=2, field_four=2)


def test_all_dont_change_fires_when_none_of_the_fields_changes(compared: Compared):
    assert "both_stay" in labels_after(compared, field_one=2)


def test_all_dont_change_does_not_fire_when_one_changes(compared: Compared):
    assert "both_stay" not in labels_after(compared, field_four=2)


def test_null_counts_as_a_value_in_change_conditions(compared: Compared):
    assert {"any", "both"} <= labels_after(compared, field_one=None, field_three=None, field_four=None)


def test_a_condition_may_name_a_field_that_is_not_tracked(compared: Compared):
    assert "untracked" not in labels_after(compared, field_one=2)
    assert "untracked" in labels_after(compared, not_kept={"a": 2})


def test_conditions_without_fields_are_about_the_tracked_fields(compared: Compared):
    assert labels_after(compared, field_three=2) & {
        "tracked_any",
        "tracked_all",
        "tracked_any_stays",
        "tracked_all_stay",
    } == {"tracked_any_stays", "tracked_all_stay"}


def test_one_changed_tracked_field_is_any_change_and_any_dont_change(compared: Compared):
    found = labels_after(compared, field_one=2)
    assert {"tracked_any", "tracked_any_stays"} <= found
    assert not {"tracked_all", "tracked_all_stay"} & found


def test_all_tracked_fields_changed_is_all_change(compared: Compared):
    found = labels_after(compared, field_one=2, field_two=2)
    assert {"tracked_any", "tracked_all"} <= found
    assert not {"tracked_any_stays", "tracked_all_stay"} & found


def test_no_condition_means_every_update(compared: Compared):
    history = Compared.pgh_event_models["unconditional"]
    Compared.objects.filter(pk=compared.pk).update(field_one=1)
    Compared.objects.filter(pk=compared.pk).update(not_kept=None)
    assert history.objects.filter(pgh_label="unconditional").count() == 2


def test_cash_that_falls_below_a_hundred_is_an_event():
    cash = OnlyCash.objects.create(dollars=150)
    for dollars in (120, 99, 50, 130, 100, 99):
        cash.dollars = Decimal(dollars)
        cash.save()
    events = OnlyCash.pgh_event_model.objects.order_by("pgh_id")
    assert [(event.pgh_label, event.dollars) for event in events] == [("money_below_one_hundred", 99)] * 2


def test_cash_that_goes_down_or_up_is_an_event_under_each_label_that_holds():
    cash = Cash.objects.create(dollars=150)
    for dollars in (99, 99, 120):
        cash.dollars = Decimal(dollars)
        cash.save()
    events = Cash.pgh_event_model.objects.values_list("pgh_label", "dollars")
    assert sorted(events) == [("money_below_one_hundred", 99), ("money_down", 99), ("money_up", 120)]


def test_a_condition_may_be_any_that_pgtrigger_knows(build: Any):
    @pghistory.track(
        pghistory.UpdateEvent("either", condition=pghistory.Q(new__one__gt=0) | pghistory.Q(new__two=0)),
        pghistory.UpdateEvent("not_both", condition=~pghistory.Q(new__one__gt=0, new__two=0)),
        pghistory.UpdateEvent("raw", condition=pghistory.Condition("OLD.two + 1 = NEW.two")),
    )
    class Joined(models.Model):
        one = models.IntegerField(default=0)
        two = models.IntegerField(default=1)

        class Meta:
            app_label = "tracked"

    events = build(Joined)
    joined = Joined.objects.create()
    for one, two in [(0, 2), (0, 7), (1, 8), (1, 0)]:
        Joined.objects.filter(pk=joined.pk).update(one=one, two=two)
    assert sorted(events.objects.values_list("pgh_label", "two")) == [
        ("either", 0),
        ("either", 8),
        ("not_both", 2),
        ("not_both", 7),
        ("not_both", 8),
        ("raw", 2),
        ("raw", 8),
    ]

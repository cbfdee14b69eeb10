"""What a timeline leaves out."""

import pytest

import pghistory
from demo_project.shop.models import Category, Product, Supplier
from pghistory.timeline import Timeline
from pghistory.timeline.exclusions import Excluded, without
from pghistory.timeline.filters import Labels, Touching

pytestmark = pytest.mark.django_db

CATEGORY, PRODUCT = Category.pgh_event_model, Product.pgh_event_model


@pytest.fixture(autouse=True)
def written() -> None:
    with pghistory.context(reason="known"):
        Category.objects.create(name="a", slug="a")
    Category.objects.create(name="b", slug="b")
    Product.objects.create(name="c", sku="c", price=1, supplier=Supplier.objects.create(name="d"))


def found(timeline: Timeline) -> list[str]:
    return sorted(entry.event.name for entry in timeline.page().entries)


def test_what_nothing_is_known_of_is_not_left_out():
    timeline = Timeline().across(Category, Product)
    assert found(without(timeline, timeline.where_context("reason", "known"))) == ["b", "c"]
    assert found(without(timeline, timeline.named("nobody"))) == ["a", "b", "c"]


def test_a_narrower_choice_of_models_leaves_those_out():
    timeline = Timeline().across(Category, Product)
    assert found(without(timeline, timeline.across(Product))) == ["a", "b"]
    assert found(without(timeline, timeline.touching("slug"))) == ["c"]
    assert found(without(timeline, timeline.labelled("nothing"))) == ["a", "b", "c"]


def test_a_model_that_answers_whatever_is_asked_of_another_is_left_out_whole():
    timeline = Timeline().across(Category, Product)
    assert found(without(timeline, timeline.within({Category: Category.objects.filter(slug="a")}))) == ["b"]


def test_filters_that_a_model_cannot_answer_leave_all_of_it_and_those_that_mean_everything_nothing():
    cannot = Excluded((Touching(("slug",)),), (PRODUCT,))
    assert str(cannot.condition(PRODUCT, "default")) == "(AND: )"
    assert Excluded((), (CATEGORY,)).condition(CATEGORY, "default") is None
    assert str(Excluded((Labels(("insert",)),), (PRODUCT,)).condition(CATEGORY, "default")) == "(AND: )"

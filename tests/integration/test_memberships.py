"""Many-to-many relations, seen from either end by the events of their through models."""

import pytest
from django.contrib.auth.models import Group, Permission

from demo_project.shop.models import Category, Product, ProductTag, Supplier, Tag
from pghistory import registry
from pghistory.timeline import Timeline
from pghistory.timeline.memberships import memberships, with_memberships
from tests.tracked.models import GroupPermissions

pytestmark = pytest.mark.django_db

THROUGH = registry.event_models_of(ProductTag)[0]


@pytest.fixture
def product() -> Product:
    category = Category.objects.create(name="Blankets", slug="blankets")
    supplier = Supplier.objects.create(name="Nordvik")
    return Product.objects.create(name="Throw", sku="T-1", price=5, category=category, supplier=supplier)


def test_a_relation_is_known_from_both_ends():
    [forward] = memberships(Product, registry.event_models())
    assert (forward.name, forward.near, forward.far, forward.event_model) == ("tags", "product", "tag", THROUGH)
    [reverse] = memberships(Tag, registry.event_models())
    assert (reverse.name, reverse.verbose_name) == ("products", "products")
    assert (reverse.near, reverse.far) == ("tag", "product")


def test_a_through_model_that_django_made_is_known_by_its_proxy():
    found = {each.name: each.event_model for each in memberships(Group, registry.event_models())}
    assert found["permissions"] is registry.event_models_of(GroupPermissions)[0]
    assert "group_set" not in {found.name for found in memberships(Permission, [])}


def test_event_models_out_of_sight_make_no_relation():
    assert memberships(Product, [Product.pgh_event_model]) == ()


def test_the_timeline_of_an_object_has_what_its_sets_lost_and_won(product: Product):
    wool, other = Tag.objects.create(name="wool"), Tag.objects.create(name="other")
    product.tags.add(wool)
    product.tags.remove(wool)
    elsewhere = Product.objects.create(name="Jug", sku="J-1", price=5, supplier=product.supplier)
    elsewhere.tags.add(other)
    found = memberships(Product, registry.event_models())
    timeline = with_memberships(Timeline(), product, found)
    entries = timeline.page().entries
    assert sorted(entry.label for entry in entries) == ["insert", "tag.add", "tag.remove"]
    assert timeline.count().number == 3
    assert {entry.event_model for entry in entries} == {Product.pgh_event_model, THROUGH}
    pages = [timeline.page(1)]
    while pages[-1].after:
        pages.append(timeline.page(1, after=pages[-1].after))
    assert [entry.event for page in pages for entry in page.entries] == [entry.event for entry in entries]


def test_from_the_other_end_the_same_events_are_those_of_the_other_set(product: Product):
    wool = Tag.objects.create(name="wool")
    product.tags.add(wool)
    found = memberships(Tag, registry.event_models())
    entries = with_memberships(Timeline(), wool, found).page().entries
    assert sorted(entry.label for entry in entries) == ["insert", "tag.add"]
    gone = Tag(pk=wool.pk + 1)
    assert with_memberships(Timeline(), gone, found).page().entries == ()


def test_event_models_that_lack_an_end_or_tell_of_no_coming_and_going_make_no_relation(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(THROUGH, "pgh_tracked_fields", ("product",))
    assert memberships(Product, registry.event_models()) == ()


def test_an_object_that_is_not_stored_yet_has_no_events_of_its_sets(product: Product):
    product.tags.add(Tag.objects.create(name="wool"))
    for obj, expected in ((product, 2), (Product(), 0)):
        found = with_memberships(Timeline(), obj, memberships(Product, registry.event_models()))
        assert len(found.page().entries) == expected

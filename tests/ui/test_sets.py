"""Many-to-many relations on the pages of an object: what was added to a set and what was removed from it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pghistory
from demo_project.shop.models import Product, ProductTag, Tag
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events"


@pytest.fixture
def tagged(changed: Product, mara: User) -> Product:
    """The product whose tags one request changed: two came, one went."""
    names = ("merino", "winter-2026", "wool-mix")
    merino, winter, mix = (Tag.objects.create(name=name) for name in names)
    changed.tags.add(mix)
    with pghistory.context(user=mara.pk, url="/tags/"):
        changed.tags.add(merino, winter)
        changed.tags.remove(mix)
    return changed


def history(product: Product) -> str:
    return f"/admin/shop/product/{product.pk}/history/"


def versions(product: Product) -> list[int]:
    events = Product.pgh_event_model.objects.filter(pgh_obj_id=product.pk).order_by("pgh_id")
    return list(events.values_list("pgh_id", flat=True))


def test_one_row_tells_what_a_request_did_to_a_set(browse: Browse, mara: User, tagged: Product):
    page = browse(mara, history(tagged))
    assert "tags merino, added winter-2026, added wool-mix, removed" in page.text
    # The row before it: the tag that was there first, by another unit of work.
    assert "tags wool-mix, added" in page.text
    assert page.classes.count("pgh-chip--set") == 2
    # Each member leads to its event, and to what it is.
    remove = ProductTag.pgh_event_model.objects.get(pgh_label="tag.remove")
    address = f"{EVENTS}/event/shop.ProductTagEvent/{remove.pgh_id}/"
    assert (f"Event #{remove.pgh_id}", address) in page.links
    winter = Tag.objects.get(name="winter-2026")
    assert ("winter-2026", f"/admin/shop/tag/{winter.pk}/change/") in page.links


def test_only_versions_of_the_object_can_be_chosen_to_be_compared(browse: Browse, mara: User, tagged: Product):
    page = browse(mara, history(tagged))
    assert page.source.count('name="a"') == page.source.count('name="b"') == len(versions(tagged))
    assert "shop.ProductTagEvent:" not in page.source


def test_the_count_and_the_export_mean_the_same_events(client: Client, browse: Browse, mara: User, tagged: Product):
    page = browse(mara, history(tagged))
    assert "Changes 6" in page.text
    exported = client.get(f"{EVENTS}/export.csv?obj=shop.Product:{tagged.pk}")
    rows = b"".join(exported).decode().strip().splitlines()
    assert len(rows) == 1 + 6
    found = browse(mara, f"{EVENTS}/?q=obj:shop.Product:{tagged.pk}")
    assert "6 events" in found.text


def test_two_versions_differ_by_what_lasted_in_a_set(browse: Browse, mara: User, tagged: Product):
    first, second = versions(tagged)
    tagged.stock += 1
    tagged.save()
    *_older, third = versions(tagged)
    # A test is one transaction, which has one time.
    events = Product.pgh_event_model.objects.exclude(pgh_id=third)
    events.update(pgh_created_at=F("pgh_created_at") - dt.timedelta(hours=1))
    page = browse(mara, f"{EVENTS}/compare/shop.ProductEvent/{first}/{third}/?view=unified")
    # The mix came and went again.
    assert "Tags merino, added" in page.text
    assert "winter-2026, added" in page.text
    assert "wool-mix" not in page.text
    backwards = browse(mara, f"{EVENTS}/compare/shop.ProductEvent/{third}/{second}/")
    assert "merino, removed" in backwards.text
    live = browse(mara, f"{EVENTS}/compare/shop.ProductEvent/{third}/live/")
    assert "merino" not in live.text


def test_the_page_of_an_event_tells_which_sets_changed_with_it(browse: Browse, mara: User, tagged: Product):
    with pghistory.context(user=mara.pk, url="/all/"):
        tagged.stock += 1
        tagged.save()
        tagged.tags.remove(Tag.objects.get(name="merino"))
        tagged.tags.add(Tag.objects.create(name="linen"))
    first, second, third = versions(tagged)
    page = browse(mara, f"{EVENTS}/event/shop.ProductEvent/{third}/")
    assert "Relations changed by the same request or job Tags linen, added" in page.text
    assert "merino, removed" in page.text
    assert "winter-2026" not in page.text
    remove = ProductTag.pgh_event_model.objects.filter(pgh_label="tag.remove").latest("pgh_id")
    assert (f"Event #{remove.pgh_id}", f"{EVENTS}/event/shop.ProductTagEvent/{remove.pgh_id}/") in page.links
    # Of a request that changed no set there is no such part; without a context, the instant tells what came together.
    assert "Relations" not in browse(mara, f"{EVENTS}/event/shop.ProductEvent/{second}/").text
    assert "Relations changed at the same time" in browse(mara, f"{EVENTS}/event/shop.ProductEvent/{first}/").text
    earlier = Product.pgh_event_model.objects.get(pgh_id=first)
    Product.pgh_event_model.objects.filter(pgh_id=first).update(
        pgh_created_at=earlier.pgh_created_at - dt.timedelta(microseconds=1)
    )
    assert "Relations" not in browse(mara, f"{EVENTS}/event/shop.ProductEvent/{first}/").text


def test_the_page_of_a_deletion_tells_what_left_the_sets_with_it(browse: Browse, mara: User, tagged: Product):
    key = tagged.pk
    with pghistory.context(user=mara.pk, url="/delete/"):
        tagged.delete()
    last = Product.pgh_event_model.objects.filter(pgh_obj_id=key).latest("pgh_id")
    page = browse(mara, f"{EVENTS}/event/shop.ProductEvent/{last.pk}/")
    assert "merino, removed" in page.text
    assert "winter-2026, removed" in page.text


def test_more_than_is_looked_at_is_said(browse: Browse, mara: User, tagged: Product, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pghistory_ui.sets.LOOKED_AT", 2)
    with pghistory.context(user=mara.pk, url="/all/"):
        tagged.stock += 1
        tagged.save()
        tagged.tags.add(*(Tag.objects.create(name=name) for name in ("a", "b", "c")))
    first, _second, third = versions(tagged)
    # A test is one transaction, which has one time.
    older = Product.pgh_event_model.objects.exclude(pgh_id=third)
    older.update(pgh_created_at=F("pgh_created_at") - dt.timedelta(hours=1))
    said = "only the newest 2 events were looked at"
    assert said in browse(mara, f"{EVENTS}/event/shop.ProductEvent/{third}/").text
    assert said in browse(mara, f"{EVENTS}/compare/shop.ProductEvent/{first}/{third}/").text
    assert said not in browse(mara, f"{EVENTS}/event/shop.ProductTagEvent/1/").text


def test_who_may_not_see_the_through_model_is_told_of_no_set_beside_an_event(
    browse: Browse, person: Callable[..., User], tagged: Product
):
    viktor = person("viktor", "shop.view_product", "shop.view_tag")
    assert "Relations" not in browse(viktor, f"{EVENTS}/event/shop.ProductEvent/{versions(tagged)[0]}/").text


def test_a_tag_tells_to_which_products_it_was_given(browse: Browse, mara: User, tagged: Product):
    tag = Tag.objects.get(name="merino")
    page = browse(mara, f"/admin/shop/tag/{tag.pk}/history/")
    assert "products Merino throw, oatmeal, added" in page.text


def test_who_may_not_see_the_through_model_sees_nothing_of_the_set(
    browse: Browse, person: Callable[..., User], tagged: Product
):
    viktor = person("viktor", "shop.view_product", "shop.view_tag")
    page = browse(viktor, history(tagged))
    assert "merino, added" not in page.text
    assert "Changes 2" in page.text
    first, second = versions(tagged)
    assert "winter" not in browse(viktor, f"{EVENTS}/compare/shop.ProductEvent/{first}/{second}/").text
    # Who may see the relation but no tags is told that something came, and not what.
    eva = person("eva", "shop.view_product", "shop.view_producttag")
    text = browse(eva, history(tagged)).text
    assert "winter-2026" not in text
    assert "added" in text


def test_fields_that_are_withheld_and_fields_that_are_not_chosen_hide_a_set(
    browse: Browse, mara: User, tagged: Product, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(admin.site._registry[Product], "history_fields", ["price"], raising=False)
    page = browse(mara, history(tagged))
    assert "other fields changed" in page.text
    assert "wool-mix" not in page.text
    assert "wool-mix, removed" in browse(mara, f"{history(tagged)}?unchanged=1").text
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name != "tag"
    assert "wool-mix" not in browse(mara, f"{history(tagged)}?unchanged=1").text


def test_a_set_of_ten_and_of_a_thousand_take_the_same_queries(
    client: Client, mara: User, tagged: Product, settings: Any
):
    settings.PGHISTORY_UI_PAGE_SIZE = 8
    client.force_login(mara)

    def queries() -> int:
        client.get(history(tagged))
        with CaptureQueriesContext(connection) as found:
            assert client.get(history(tagged)).status_code == 200
        return len(found)

    found = []
    for number in (10, 1_000):
        made = Tag.objects.bulk_create([Tag(name=f"{number}-{place}") for place in range(number)])
        tagged.tags.add(*made)
        found.append(queries())
    assert found[0] == found[1] <= 14

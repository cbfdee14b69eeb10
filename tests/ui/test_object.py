"""The timeline of an object: on the History page of its admin and at its own address."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

import pghistory
from demo_project.shop.models import Category, Customer, Order, OrderLine, Product, ProductTag, Supplier, Tag
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events"


def history(product: Product) -> str:
    return f"/admin/shop/product/{product.pk}/history/"


def own(product: Product) -> str:
    return f"{EVENTS}/object/shop.Product/{product.pk}/"


def test_the_history_page_says_who_what_when_and_why(browse: Browse, mara: User, changed: Product):
    page = browse(mara, history(changed))
    for words in [
        "Change history: Merino throw, oatmeal",
        "Mara Lindqvist",
        f"POST /admin/shop/product/{changed.pk}/change/",
        "Price list, week 48",
        "just now",
        "Today",
        "Updated",
        "Added",
    ]:
        assert words in page.text


def test_each_kind_of_field_is_told_in_its_own_way(browse: Browse, mara: User, changed: Product):
    text = browse(mara, history(changed)).text
    assert "from 129.00 to 139.00 +10.00, +7.8 %" in text
    assert "from Draft to Published" in text
    assert "from Blankets to Throws & blankets" in text
    assert "changed weight_g from 840 to 910" in text
    assert 'added care[1] to "dry flat"' in text
    assert "Merino throw, natural oatmeal" in text
    assert "A generous throw of pure merino." in text


def test_the_closed_row_shows_three_changes_and_counts_the_rest(browse: Browse, mara: User, changed: Product):
    page = browse(mara, history(changed))
    assert "price 129.00 to 139.00" in page.text
    assert "and 3 more" in page.text


def test_the_label_of_a_foreign_key_links_to_it(browse: Browse, mara: User, changed: Product):
    page = browse(mara, history(changed))
    assert page.link("Throws & blankets") == f"/admin/shop/category/{changed.category_id}/change/"


def test_a_target_that_is_gone_is_still_called_by_its_name(browse: Browse, mara: User, changed: Product):
    supplier = changed.supplier
    changed.category = None
    changed.save()
    Category.objects.all().delete()
    changed.supplier = Supplier.objects.create(name="Alder")
    changed.save()
    page = browse(mara, history(changed))
    assert "from Throws & blankets to empty" in page.text
    assert "Blankets no longer exists" in page.text
    assert "Category#" not in page.text
    assert supplier.name in page.text
    gone = page.link("Blankets")
    assert "Blankets" in browse(mara, gone).text


@pytest.mark.parametrize(("instant", "day"), [("12:00:00", "March 5, 2026"), ("23:30:00", "March 6, 2026")])
def test_a_target_whose_deletion_is_recorded_says_on_which_day_of_the_reader(
    browse: Browse, mara: User, product: Product, instant: str, day: str
):
    customer = Customer.objects.create(name="Ilse", email="a@example.com", since="2026-01-01")
    order = Order.objects.create(number="1", customer=customer, placed_at=timezone.now())
    line = OrderLine.objects.create(order=order, product=product, title="Throw", total=1)
    name = product.name
    product.delete()
    deletions = Product.pgh_event_model.objects.filter(pgh_label="delete")
    assert deletions.update(pgh_created_at=f"2026-03-05T{instant}Z") == 1
    page = browse(mara, f"/admin/shop/orderline/{line.pk}/history/")
    assert f"from {name} to empty {name} was deleted on {day}" in " ".join(page.text.split())


def test_texts_and_structures_of_any_size_leave_the_page_small(browse: Browse, mara: User, product: Product):
    words = ["wool"] * 200_000
    product.description = " ".join(words)
    product.attributes = {f"key-{number}": number for number in range(10_000)}
    product.save()
    for place in range(0, len(words), 1_000):
        words[place] = "linen"
    product.description = " ".join(words)
    product.attributes = {f"key-{number}": -number for number in range(10_000)}
    product.save()
    page = browse(mara, history(product) + "?unchanged=1")
    assert len(page.source) < 150_000
    assert "more path" in page.text
    assert len(browse(mara, history(product) + "?unchanged=1", closed=True).source) < 60_000
    latest = browse(mara, page.links_to_events()[0])
    assert len(latest.source) < 150_000


def test_a_target_that_is_gone_keeps_its_name_from_those_who_may_not_see_it(
    browse: Browse, viktor: User, changed: Product
):
    changed.category = None
    changed.save()
    Category.objects.all().delete()
    page = browse(viktor, history(changed))
    assert "Blankets" not in page.text
    assert "Throws" not in page.text


def test_the_admins_own_log_is_a_tab_beside_the_changes(browse: Browse, mara: User, changed: Product):
    page = browse(mara, history(changed))
    log = browse(mara, page.link("Admin log 0"))
    assert "Nothing in the admin’s own log" in log.text
    assert "129.00" not in log.text


def test_the_admins_own_log_shows_its_entries(browse: Browse, client: Client, mara: User, changed: Product):
    client.force_login(mara)
    form = client.get(f"/admin/shop/category/{changed.category_id}/change/").context["adminform"].form
    client.post(f"/admin/shop/category/{changed.category_id}/change/", {**form.initial, "parent": "", "name": "Throws"})
    log = browse(mara, f"/admin/shop/category/{changed.category_id}/history/?tab=log")
    assert "Changed Name." in log.text
    assert "mara" in log.text


def test_the_objects_own_address_shows_the_same_events(browse: Browse, mara: User, changed: Product):
    assert "from 129.00 to 139.00" in browse(mara, own(changed)).text


def test_a_deleted_object_keeps_its_own_address(browse: Browse, mara: User, changed: Product):
    address = own(changed)
    changed.delete()
    page = browse(mara, address)
    assert "Change history: Merino throw, oatmeal (deleted)" in page.text
    assert "Deleted" in page.text
    assert "Admin log" not in page.text


def test_a_third_party_model_tracked_by_proxy_has_its_timeline_too(browse: Browse, mara: User):
    mara.first_name = "Maria"
    mara.save()
    page = browse(mara, f"/admin/auth/user/{mara.pk}/history/")
    assert "First name" in page.text
    assert "Mara" in page.text
    assert browse(mara, f"{EVENTS}/object/auth.User/{mara.pk}/").text.count("Updated") == 1
    assert browse(mara, f"{EVENTS}/object/people.UserProxy/{mara.pk}/").text.count("Updated") == 1


def test_all_fields_are_a_switch_in_the_address(browse: Browse, mara: User, changed: Product):
    page = browse(mara, history(changed))
    shown = page.source.count("MT-1")
    assert browse(mara, history(changed) + page.link("All fields")).source.count("MT-1") == shown + 1


@pytest.mark.parametrize("key", ["0", "999999", "x", "%00", "1e9", "9" * 40, "-1", "1_2Fx", "%F0%9F%98%80"])
def test_an_unknown_object_is_not_found(browse: Browse, mara: User, changed: Product, key: str):
    browse(mara, f"{EVENTS}/object/shop.Product/{key}/", status=404)


@pytest.mark.parametrize("label", ["shop.Nothing", "Product", "shop.product", "%00", "auth.Permission"])
def test_an_untracked_model_is_not_found(browse: Browse, mara: User, changed: Product, label: str):
    browse(mara, f"{EVENTS}/object/{label}/{changed.pk}/", status=404)


def test_older_events_are_a_page_further_and_a_fragment_for_htmx(
    browse: Browse, mara: User, product: Product, settings: Any
):
    settings.PGHISTORY_UI_PAGE_SIZE = 3
    for stock in range(20, 28):
        product.stock = stock
        product.save()
    first = browse(mara, history(product))
    assert "9 events" in first.text
    older = first.link("Older page")
    second = browse(mara, history(product) + older)
    assert "Newest events" in second.text
    fragment = browse(mara, own(product) + older, **{"HX-Request": "true"})
    assert "<html" not in fragment.source
    numbers = [text for text, _href in first.links if text.startswith("Event #")]
    assert len(numbers) == 3
    assert not set(numbers) & {text for text, _href in second.links}
    assert {text for text, _href in second.links if text.startswith("Event #")} == {
        text for text, _href in fragment.links if text.startswith("Event #")
    }


def test_a_timeline_can_be_filtered(browse: Browse, mara: User, changed: Product):
    only = browse(mara, history(changed) + "?label=insert")
    assert "Added" in only.text
    assert "139.00" not in only.text
    nothing = browse(mara, history(changed) + "?label=recalled")
    assert "No event matches" in nothing.text


@pytest.mark.client_binding
def test_an_object_without_events_says_so(browse: Browse, mara: User):
    with pgtrigger.ignore():
        category = Category.objects.create(name="Old", slug="old")
    page = browse(mara, f"/admin/shop/category/{category.pk}/history/")
    assert "No change since this was tracked" in page.text


def test_events_of_what_points_to_the_object_are_a_tab(
    browse: Browse, mara: User, viktor: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    ProductTag.objects.create(product=changed, tag=Tag.objects.create(name="merino"))
    customer = Customer.objects.create(name="Ilse", email="a@example.com", since="2026-01-01")
    order = Order.objects.create(number="1", customer=customer, placed_at=timezone.now())
    OrderLine.objects.create(order=order, product=changed, title="Throw", total=1)
    page = browse(mara, history(changed))
    assert "1 × Throw" not in page.text
    related = browse(mara, history(changed) + page.link("Related objects"))
    assert "1 × Throw" in related.text
    assert "tag merino" in related.text
    assert "2 events" in related.text
    assert 'type="radio"' not in related.source
    assert "129.00" not in related.text
    assert "1 event" in browse(mara, own(changed) + "?related=1&label=tag.add").text
    assert "Related objects" not in browse(viktor, history(changed)).text
    assert "Throw" not in browse(viktor, history(changed) + "?related=1").text.replace("Throws", "").split("Compare")[1]
    product_admin = type(admin.site._registry[Product])
    monkeypatch.setattr(product_admin, "history_related", ["shop.ProductTag"], raising=False)
    assert "1 × Throw" not in browse(mara, history(changed) + "?related=1").text
    monkeypatch.setattr(product_admin, "history_related", (), raising=False)
    assert "Related objects" not in browse(mara, history(changed)).text
    monkeypatch.setattr(product_admin, "history_related", None, raising=False)
    lonely = Product.objects.create(name="N", sku="N", price=1, supplier=changed.supplier)
    assert "Nothing that points here" in browse(mara, f"{history(lonely)}?related=1").text


def test_the_fields_of_a_timeline_are_chosen_by_its_admin(
    browse: Browse, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(type(admin.site._registry[Product]), "history_fields", ["status", "price"], raising=False)
    changed.stock = 99
    changed.save()
    page = browse(mara, history(changed))
    assert page.text.index("status Draft") < page.text.index("price 129.00")
    assert "other fields changed" in page.text
    assert "from Blankets" not in page.text
    assert "from Blankets" in browse(mara, history(changed) + page.link("All fields")).text
    event = browse(mara, page.links_to_events()[2])
    assert "from Blankets" in event.text


def test_each_older_version_of_an_object_can_be_restored_from_its_row(
    browse: Browse, mara: User, changed: Product, person: Callable[..., User]
):
    events = list(Product.pgh_event_model.objects.filter(pgh_obj_id=changed.pk).order_by("pgh_id"))
    restore = f"{EVENTS}/restore/shop.ProductEvent/{events[0].pgh_id}/"
    page = browse(mara, history(changed))
    assert page.link(f"Restore… to event {events[0].pgh_id}") == restore
    # The newest one is what the object is like.
    assert page.source.count("Restore…") == 1
    assert browse(mara, f"{history(changed)}?label=update").source.count("Restore…") == 1
    viktor = person("viktor", "shop.view_product")
    assert "Restore…" not in browse(viktor, history(changed)).source
    assert "Restore…" not in browse(mara, f"{history(changed)}?related=1").source
    address = own(changed)
    changed.delete()
    assert restore in [found for _words, found in browse(mara, address).links]


def test_cards_that_join_others_leave_the_choice_of_versions_to_those(browse: Browse, mara: User, changed: Product):
    whole = browse(mara, history(changed))
    assert whole.source.count(" checked") == 2
    cards = browse(mara, own(changed), **{"HX-Request": "true"})
    assert 'name="a"' in cards.source
    assert " checked" not in cards.source


def test_new_events_of_an_object_can_be_asked_for_without_a_reload(browse: Browse, mara: User, changed: Product):
    page = browse(mara, history(changed))
    assert f'data-pgh-live="{own(changed)}?"' in page.source
    related = browse(mara, f"{history(changed)}?related=1&q=week")
    assert "data-pgh-live" not in related.source or f'data-pgh-live="{own(changed)}?related=1' in related.source
    assert "data-pgh-newest" not in browse(mara, f"{history(changed)}?label=nothing").source


def test_an_open_change_says_who_had_set_what_was_there_before(
    browse: Browse, mara: User, changed: Product, person: Callable[..., User]
):
    with pghistory.context(user=person("jonas").pk):
        changed.price = "149.00"
        changed.save()
    Product.objects.filter(pk=changed.pk).update(price="159.00")
    changed.refresh_from_db()
    day = date_format(timezone.localdate(), "DATE_FORMAT")
    page = browse(mara, history(changed))
    # 129 was set when the product was added, by nobody named; 139 by Mara; 149 by Jonas.
    assert f"Price set {day} from 129.00" in page.text
    assert f"Price set {day} by Mara Lindqvist from 139.00" in page.text
    assert f"Price set {day} by jonas from 149.00" in page.text
    assert "pgh-diff__blame" not in browse(mara, history(changed), closed=True).source
    assert f"Price set {day} by jonas from 149.00" in browse(mara, f"{EVENTS}/?model=shop.Product").text


def test_a_filtered_history_names_who_had_set_what_was_replaced_also_where_that_event_is_not_shown(
    browse: Browse, mara: User, changed: Product, person: Callable[..., User]
):
    with pghistory.context(user=person("jonas").pk):
        Product.objects.filter(pk=changed.pk).update(price="149.00")
    with pghistory.context(user=mara.pk):
        Product.objects.filter(pk=changed.pk).update(price="159.00")
    # Between the two of Mara's stands that of Jonas, which is not shown.
    page = browse(mara, f"{history(changed)}?actor={mara.pk}")
    day = date_format(timezone.localdate(), "DATE_FORMAT")
    assert f"Price set {day} by jonas from 149.00 to 159.00" in page.text
    assert "by Mara Lindqvist from 149.00" not in page.text


def test_who_had_set_a_value_is_told_in_the_order_of_the_writes(
    browse: Browse, mara: User, changed: Product, person: Callable[..., User]
):
    with pghistory.context(user=person("jonas").pk):
        Product.objects.filter(pk=changed.pk).update(price="149.00")
    newest = changed.events.latest("pgh_id")
    # Its transaction began before that of Mara's, but wrote after it.
    type(newest).objects.filter(pk=newest.pk).update(pgh_created_at=timezone.now() - dt.timedelta(days=3))
    day = date_format(timezone.localdate(), "DATE_FORMAT")
    assert f"Price set {day} by Mara Lindqvist from 139.00" in browse(mara, history(changed)).text

"""What a row of a list tells when it is opened: for htmx a region, for everybody else the event's page."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

import pghistory
from demo_project.shop.models import Customer, Product, ProductTag, Tag
from pghistory.models import Event
from tests.tracked.models import Loose
from tests.ui.html import Page
from tests.ui.test_permissions import asked_for_rows, model_admin

Browse = Callable[..., Page]
People = Callable[..., User]
EVENTS = "/admin/pghistory/events"
HTMX = {"HX-Request": "true"}
BLAME = "pgh-diff__blame"


def page_of(event: Event) -> str:
    return f"{EVENTS}/event/{event._meta.label}/{event.pgh_id}/"


def newest(product: Product) -> Event:
    found: Event = product.events.latest("pgh_id")
    return found


@pytest.fixture
def told(browse: Browse) -> Callable[..., Page]:
    """Reads what an open row of the event tells somebody."""

    def read(user: User, event: Event, query: str = "", **options: Any) -> Page:
        return browse(user, f"{page_of(event)}changes/{query}", **options, **HTMX)

    return read


Told = Callable[..., Page]


def set_prices(product: Product, *prices: str) -> None:
    for price in prices:
        Product.objects.filter(pk=product.pk).update(price=price)


def test_the_region_is_the_difference_and_nothing_else(told: Told, mara: User, changed: Product):
    page = told(mara, newest(changed))
    assert page.source.strip().startswith('<dl class="pgh-diff">')
    assert page.source.strip().endswith("</dl>")
    assert "from 129.00 to 139.00 +10.00, +7.8 %" in page.text
    assert "from Draft to Published" in page.text
    assert "MT-1" not in page.text


def test_a_browser_is_led_to_the_page_of_the_event(client: Client, mara: User, changed: Product):
    client.force_login(mara)
    address = f"{page_of(newest(changed))}changes/"
    for headers in ({}, {**HTMX, "HX-History-Restore-Request": "true"}):
        response = client.get(address, headers=headers)
        assert response.status_code == 302
        assert response["Location"] == page_of(newest(changed))
        assert "HX-Request" in response["Vary"]
    assert "HX-Request" in client.get(address, headers=HTMX)["Vary"]


def test_a_closed_row_holds_a_link_and_fetches_what_an_open_one_tells(browse: Browse, mara: User, changed: Product):
    event = newest(changed)
    for address in (
        f"{EVENTS}/",
        f"/admin/shop/product/{changed.pk}/history/",
        f"{EVENTS}/context/{event.pgh_context_id}/",
    ):
        closed = browse(mara, address, closed=True)
        assert "pgh-diff" not in closed.classes
        assert f'hx-get="{page_of(event)}changes/"' in closed.source
        assert closed.link("All changes of this event").startswith(f"{EVENTS}/event/")
        assert ("All changes of this event", page_of(event)) in closed.links
    switched = browse(mara, f"/admin/shop/product/{changed.pk}/history/?unchanged=1", closed=True)
    assert f'hx-get="{page_of(event)}changes/?unchanged=1"' in switched.source


def test_the_fields_that_stayed_are_told_on_request(told: Told, mara: User, changed: Product):
    page = told(mara, newest(changed), "?unchanged=1")
    assert page.text.count("MT-1") == 1
    assert "from 129.00 to 139.00" in page.text
    assert "MT-1" not in told(mara, newest(changed), "?unchanged=0").text


def test_the_fields_are_those_of_the_list(told: Told, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(type(admin.site._registry[Product]), "history_fields", ["status", "price"], raising=False)
    page = told(mara, newest(changed))
    assert page.text.index("from Draft") < page.text.index("from 129.00")
    assert "from Blankets" not in page.text
    whole = told(mara, newest(changed), "?unchanged=1")
    assert "from Blankets" in whole.text
    assert "MT-1" in whole.text


def test_whoever_is_not_logged_in_is_asked_to(client: Client, changed: Product):
    for headers in ({}, HTMX):
        response = client.get(f"{page_of(newest(changed))}changes/", headers=headers)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/?next=/admin/pghistory/")


def test_who_may_not_see_the_model_is_refused(told: Told, person: People, changed: Product):
    event = newest(changed)
    told(person("outsider"), event, status=403)
    told(person("elsewhere", "shop.view_customer"), event, status=403)
    assert "from 129.00" in told(person("reader", "shop.view_product"), event).text


@pytest.mark.parametrize(
    "place",
    [
        "shop.Nothing/1",
        "shop.Product/1",
        "auth.Permission/1",
        "%00/1",
        "shop.ProductEvent/999999",
        "shop.ProductEvent/x",
        "shop.ProductEvent/%00",
        "shop.ProductEvent/-1",
        "shop.ProductEvent/" + "9" * 40,
    ],
)
def test_what_is_no_event_is_not_found(browse: Browse, mara: User, changed: Product, place: str):
    for headers in ({}, HTMX):
        browse(mara, f"{EVENTS}/event/{place}/changes/", status=404, **headers)


def test_an_object_that_the_admin_hides_is_not_found(told: Told, viktor: User, changed: Product):
    event = newest(changed)

    def get_queryset(self: Any, request: Any) -> Any:
        return Product.objects.exclude(pk=changed.pk)

    def has_view_permission(self: Any, request: Any, obj: Any = None) -> bool:
        return obj is None or obj.pk != changed.pk

    for hiding in ({"get_queryset": get_queryset}, {"has_view_permission": has_view_permission}):
        with model_admin(Product, **hiding):
            told(viktor, event, status=404)
        assert "from 129.00" in told(viktor, event).text


def test_the_events_of_a_deleted_object_are_told_to_those_who_may_see_them(told: Told, viktor: User, changed: Product):
    update = newest(changed)
    changed.delete()
    event_model = type(update)
    gone = event_model.objects.latest("pgh_id")
    assert "139.00" in told(viktor, gone).text
    assert "from 129.00 to 139.00" in told(viktor, update).text
    with model_admin(Product, has_view_deleted_history_permission=lambda self, request: False):
        told(viktor, gone, status=404)
        told(viktor, update, status=404)


def test_a_withheld_field_is_told_neither_as_changed_nor_as_unchanged(
    told: Told, mara: User, changed: Product, settings: Any
):
    assert "from 129.00 to 139.00" in told(mara, newest(changed)).text
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name not in ("price", "sku")
    for query in ("", "?unchanged=1"):
        page = told(mara, newest(changed), query)
        assert "from Draft to Published" in page.text
        # With their decimals: three digits alone may stand in the fraction of a second.
        for secret in ("129.00", "139.00", "Price", "MT-1", "SKU"):
            assert secret not in page.text


def test_a_target_is_named_only_to_those_who_may_see_it(told: Told, viktor: User, mara: User, changed: Product):
    assert "from Blankets to Throws & blankets" in told(mara, newest(changed)).text
    page = told(viktor, newest(changed))
    assert "lankets" not in page.text
    assert f"to #{changed.category_id}" in page.text


def test_what_was_added_and_what_was_deleted_is_told_as_a_whole(told: Told, mara: User, changed: Product):
    insert = changed.events.earliest("pgh_id")
    changed.delete()
    gone = type(insert).objects.latest("pgh_id")
    for event, name in ((insert, "Merino throw, natural"), (gone, "Merino throw, oatmeal")):
        page = told(mara, event)
        assert name in page.text
        assert "MT-1" in page.text
        assert BLAME not in page.source


def test_the_first_state_that_is_recorded_is_told_as_it_was(told: Told, mara: User, product: Product):
    product.events.all().delete()
    Product.objects.filter(pk=product.pk).update(stock=99)
    [event] = product.events.all()
    page = told(mara, event)
    assert "MT-1" in page.text
    assert "99" in page.text
    assert BLAME not in page.source


def by(name: str = "") -> str:
    day = date_format(timezone.localdate(), "DATE_FORMAT")
    return f"set {day} by {name}" if name else f"set {day}"


def test_who_had_set_what_was_there_before_is_told_from_older_events_of_the_object_alone(
    told: Told, mara: User, changed: Product, person: People
):
    other = Product.objects.create(name="Oak board", sku="OB", price=1, supplier=changed.supplier)
    jonas = person("jonas")
    with pghistory.context(user=jonas.pk):
        set_prices(other, "139.00")
    set_prices(changed, "149.00")
    event = newest(changed)
    with pghistory.context(user=jonas.pk):
        set_prices(other, "149.00")
        set_prices(changed, "139.00", "149.00")
    page = told(mara, event)
    assert f"Price {by('Mara Lindqvist')} from 139.00 to 149.00" in page.text
    assert "jonas" not in page.text
    first_change = changed.events.order_by("pgh_id")[1]
    assert f"Price {by()} from 129.00 to 139.00" in told(mara, first_change).text


def test_who_had_set_a_value_is_told_also_from_the_page_after_that_of_the_row(
    browse: Browse, told: Told, mara: User, product: Product, settings: Any
):
    settings.PGHISTORY_UI_PAGE_SIZE = 3
    with pghistory.context(user=mara.pk):
        set_prices(product, "10.00")
    Product.objects.filter(pk=product.pk).update(stock=1)
    Product.objects.filter(pk=product.pk).update(stock=2)
    set_prices(product, "20.00")
    event = newest(product)
    for stock in (3, 4):
        Product.objects.filter(pk=product.pk).update(stock=stock)
    first = browse(mara, f"{EVENTS}/object/shop.Product/{product.pk}/")
    assert first.links_to_events()[-1] == page_of(event)
    assert f"Price {by('Mara Lindqvist')} from 10.00 to 20.00" in first.text
    # Beyond a page of older events nobody is named, rather than somebody who did not do it.
    set_prices(product, "30.00")
    assert f"Price {by()} from 20.00 to 30.00" in told(mara, newest(product)).text
    for stock in (6, 7, 8):
        Product.objects.filter(pk=product.pk).update(stock=stock)
    set_prices(product, "40.00")
    page = told(mara, newest(product))
    assert "from 30.00 to 40.00" in page.text
    assert BLAME not in page.source


def test_an_actor_who_may_not_be_seen_is_told_as_elsewhere(told: Told, viktor: User, mara: User, changed: Product):
    with pghistory.context(user=mara.pk):
        set_prices(changed, "149.00")
    User.objects.filter(pk=mara.pk).delete()
    set_prices(changed, "159.00")
    page = told(viktor, newest(changed))
    assert f"Price {by('A user')} from 149.00 to 159.00" in page.text
    assert "/auth/user/" not in page.source


def test_an_event_that_belongs_to_no_object_tells_its_changes_too(told: Told, mara: User, product: Product):
    product.tags.add(Tag.objects.create(name="Wool"))
    [event] = ProductTag.pgh_event_model.objects.all()
    page = told(mara, event)
    assert "Wool" in page.text
    assert "Merino throw, natural" in page.text
    assert BLAME not in page.source


def test_an_update_of_an_event_model_without_objects_tells_the_state_without_blame(told: Told, mara: User):
    row = Loose.objects.create(name="a")
    Loose.objects.filter(pk=row.pk).update(name="b")
    event = Loose.pgh_event_model.objects.latest("pgh_id")
    page = told(mara, event, "?unchanged=1")
    assert "b" in page.text.split()
    assert BLAME not in page.source


def test_rows_that_hold_the_old_state_are_told_too(told: Told, mara: User):
    customer = Customer.objects.create(name="Ida", email="ida@example.com", since="2026-01-01")
    for email in ("ida@example.org", "ida@example.net"):
        with pghistory.context(user=mara.pk):
            Customer.objects.filter(pk=customer.pk).update(email=email)
    old = customer.email_history.latest("pgh_id")
    page = told(mara, old)
    assert "ida@example.org" in page.text


def test_names_with_markup_and_per_cent_stay_text(
    told: Told, browse: Browse, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    name = "<script>alert('%s')</script> 100 % %(day)s"
    User.objects.filter(pk=mara.pk).update(first_name="<b>%d</b>", last_name="")
    with pghistory.context(user=mara.pk):
        Product.objects.filter(pk=changed.pk).update(name=name)
    Product.objects.filter(pk=changed.pk).update(name=name + "!")
    monkeypatch.setattr(Product._meta.get_field("name"), "verbose_name", name)
    event = newest(changed)
    event_model: Any = type(event)
    for model in (Product, event_model):
        monkeypatch.setattr(model._meta, "verbose_name", name)
    monkeypatch.setattr(event_model._meta.get_field("name"), "verbose_name", name)
    for page in (told(mara, event), browse(mara, f"{EVENTS}/")):
        assert "<script>alert" not in page.source
        assert "<b>" not in page.source
        assert "&lt;script&gt;alert(&#x27;%s&#x27;)&lt;/script&gt; 100 % %(day)s" in page.source
        assert by("<b>%d</b>") in page.text


def queries(read: Callable[[], object]) -> Sequence[dict[str, str]]:
    read()
    with CaptureQueriesContext(connection) as captured:
        read()
    return captured.captured_queries


def test_an_opened_row_costs_as_many_queries_and_events_in_a_long_history_as_in_a_short_one(
    client: Client, mara: User, changed: Product
):
    def happen(times: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"do $$ begin for each in 1..{times} loop "
                f"update shop_product set stock = stock + 1 where id = {changed.pk}; end loop; end $$"
            )

    def read() -> str:
        return client.get(f"{page_of(newest(changed))}changes/", headers=HTMX).content.decode()

    client.force_login(mara)
    happen(10)
    few = queries(read)
    happen(990)
    many = queries(read)
    assert changed.events.count() > 1_000
    assert len(many) == len(few)
    assert by() in read()


def test_the_admin_of_the_model_is_asked_once_for_an_opened_row(told: Told, mara: User, changed: Product):
    with asked_for_rows(Product) as asked:
        told(mara, newest(changed))
    assert len(asked) == 1

"""Recording a manual event."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client

from demo_project.shop.models import Category, Product
from tests.ui.html import Page

Browse = Callable[..., Page]
RECORD = "/admin/pghistory/events/record/"


def test_the_form_lists_the_labels_that_the_model_takes_by_hand(browse: Browse, mara: User, product: Product):
    page = browse(mara, f"/admin/shop/product/{product.pk}/history/")
    form = browse(mara, page.link("Record event"))
    for label in ["price_reviewed", "photographed", "recalled"]:
        assert label in form.text
    assert "insert" not in form.text.split()


def test_a_recorded_event_appears_in_the_timeline_with_its_reason_and_its_author(
    client: Client, browse: Browse, mara: User, product: Product
):
    client.force_login(mara)
    address = f"{RECORD}?model=shop.Product&pk={product.pk}"
    response = client.post(address, {"label": "price_reviewed", "reason": "Quarterly review"})
    assert response.status_code == 302
    assert response["Location"] == f"/admin/shop/product/{product.pk}/history/"
    page = browse(mara, response["Location"])
    for words in ["“price_reviewed” was recorded.", "Recorded", "price_reviewed", "Quarterly review", "Mara Lindqvist"]:
        assert words in page.text
    event = product.events.latest("pgh_id")
    assert event.pgh_label == "price_reviewed"
    assert event.pgh_context.metadata["reason"] == "Quarterly review"
    assert event.pgh_context.metadata["user"] == mara.pk


def test_a_wrong_form_stays_and_says_why(client: Client, browse: Browse, mara: User, product: Product):
    client.force_login(mara)
    address = f"{RECORD}?model=shop.Product&pk={product.pk}"
    for data in [{}, {"label": "insert"}, {"label": "price_reviewed", "reason": "\0"}, {"label": "\0"}]:
        response = client.post(address, data)
        assert response.status_code == 200
        assert "pgh-form__error" in Page(response.content.decode()).classes
    assert product.events.count() == 1


def test_the_form_needs_its_token(mara: User, product: Product):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    address = f"{RECORD}?model=shop.Product&pk={product.pk}"
    assert client.post(address, {"label": "price_reviewed"}).status_code == 403


def test_without_an_object_the_page_asks_for_one(browse: Browse, mara: User, product: Product):
    assert "Product" in browse(mara, RECORD).text
    assert "Label" in browse(mara, f"{RECORD}?model=shop.Product&pk={product.pk}").text
    assert "This cannot be a key" in browse(mara, f"{RECORD}?model=shop.Product&pk=x").text
    browse(mara, f"{RECORD}?model=shop.Product&pk=999999", status=404)
    browse(mara, f"{RECORD}?model=shop.Nothing&pk=1", status=404)


def test_a_model_without_manual_labels_says_what_to_add(browse: Browse, mara: User):
    category = Category.objects.create(name="Rugs", slug="rugs")
    page = browse(mara, f"{RECORD}?model=shop.Category&pk={category.pk}")
    assert "no label is taken by hand" in page.text

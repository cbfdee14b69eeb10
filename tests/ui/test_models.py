"""The table of event models."""

from collections.abc import Callable

from django.contrib.auth.models import User

from demo_project.shop.models import Product
from tests.ui.html import Page

Browse = Callable[..., Page]
MODELS = "/admin/pghistory/events/models/"


def test_each_event_model_shows_its_labels_and_numbers(browse: Browse, mara: User, changed: Product):
    page = browse(mara, MODELS)
    for words in [
        "shop.ProductEvent",
        "price_reviewed",
        "shop.CustomerEmailHistory",
        "email_changed",
        "No event yet",
        "Today,",
    ]:
        assert words in page.text


def test_a_row_leads_to_its_events(browse: Browse, mara: User, changed: Product):
    page = browse(mara, MODELS)
    assert page.link("Product") == "/admin/pghistory/events/?event_model=shop.ProductEvent"
    assert "2 events" in browse(mara, page.link("Product")).text


def test_the_table_sorts_by_its_heads(browse: Browse, mara: User, changed: Product):
    page = browse(mara, MODELS)
    heads = [href for href in page.addresses() if href.startswith("?sort=")]
    assert len(heads) == 6
    for head in heads:
        assert "aria-sort" in browse(mara, MODELS + head).source
    browse(mara, f"{MODELS}?sort=nothing")
    browse(mara, f"{MODELS}?sort=shop.Product")
    browse(mara, f"{MODELS}?sort=--events&sort=-size")
    browse(mara, f"{MODELS}?sort=%00")

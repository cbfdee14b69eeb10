"""The fields of an empty filter are drawn once for all, so nothing of one filter may stay in them for another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from demo_project.shop.models import Product
from pghistory_ui import filter_markup
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


@pytest.fixture(autouse=True)
def nothing_drawn_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_markup, "_empty", {})


@pytest.mark.parametrize("name", ["model", "obj"])
def test_a_filter_whose_last_value_is_empty_is_not_kept_for_others(
    browse: Browse, mara: User, changed: Product, name: str
):
    chosen = {"model": '<option value="shop.Product" selected>', "obj": f'value="shop.Product:{changed.pk}"'}[name]
    value = {"model": "shop.Product", "obj": f"shop.Product:{changed.pk}"}[name]
    filtered = browse(mara, f"{EVENTS}?{name}={value}&{name}=", closed=True)
    assert chosen in filtered.source
    assert chosen not in browse(mara, EVENTS, closed=True).source
    assert chosen in browse(mara, f"{EVENTS}?{name}={value}&{name}=", closed=True).source


def test_an_object_whose_last_value_is_empty_shows_where_it_was_written(browse: Browse, mara: User, changed: Product):
    opened = '<details class="pgh-filter__more" open>'
    assert opened in browse(mara, f"{EVENTS}?obj=shop.Product:{changed.pk}&obj=", closed=True).source
    assert opened not in browse(mara, f"{EVENTS}?obj=&obj=", closed=True).source


def test_a_model_is_offered_by_the_name_that_it_has_now(
    browse: Browse, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    assert '<option value="shop.Product">Product</option>' in browse(mara, EVENTS, closed=True).source
    with monkeypatch.context() as renamed:
        renamed.setattr(Product._meta, "verbose_name", "article")
        assert '<option value="shop.Product">Article</option>' in browse(mara, EVENTS, closed=True).source
    assert '<option value="shop.Product">Product</option>' in browse(mara, EVENTS, closed=True).source


def test_what_another_thread_forgets_meanwhile_is_drawn_all_the_same(
    browse: Browse, mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    class Forgetful(dict[Any, Any]):
        def __setitem__(self, key: Any, value: Any) -> None:
            self.clear()

    monkeypatch.setattr(filter_markup, "_empty", Forgetful())
    assert 'id="pgh-field-q"' in browse(mara, EVENTS, closed=True).source

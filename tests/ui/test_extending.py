"""What a project makes of the browser, as the demo does: a renderer and a page of its own."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

import pghistory
from demo_project.shop.models import Customer
from pghistory.models import Context
from tests.ui.html import Page

Browse = Callable[..., Page]


@pytest.fixture
def customer(db: None) -> Customer:
    customer = Customer.objects.create(name="Ilse", email="ilse@example.com", since="2026-01-01")
    with pghistory.context(reason="A new address"):
        Customer.objects.update(email='ilse+"new"?@example.com')
    return customer


def test_a_renderer_of_the_projects_own_draws_the_values_of_its_kind(browse: Browse, mara: User, customer: Customer):
    page = browse(mara, f"/admin/shop/customer/{customer.pk}/history/")
    assert page.link("ilse@example.com") == "mailto:ilse@example.com"
    assert page.link('ilse+"new"?@example.com') == "mailto:ilse%2B%22new%22%3F@example.com"


def test_a_page_of_the_projects_own_extends_the_one_of_its_name(browse: Browse, mara: User, customer: Customer):
    context = Context.objects.get(metadata__reason="A new address")
    page = browse(mara, f"/admin/pghistory/events/context/{context.pk}/")
    assert "A new address" in page.text
    assert page.link("the owner") == "mailto:mara@example.com"

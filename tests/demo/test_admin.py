"""The back office of the demo: its pages open, and for those only who may see them."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from demo_project.accounts import AMIRA, MARA, VIKTOR, Account

pytestmark = [pytest.mark.usefixtures("month"), pytest.mark.client_binding]

CATALOGUE = {"category", "tag", "product", "producttag"}

models = [
    model
    for model in apps.get_app_config("shop").get_models()
    if not hasattr(model, "pgh_tracked_model")  # event models have pages of another kind
]
names = [model._meta.model_name for model in models]


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=account.username))
    return client


@pytest.mark.parametrize("model", models, ids=names)
def test_every_model_has_its_pages(model: type[Model]) -> None:
    assert admin.site.is_registered(model)
    client, address = signed_in(MARA), f"admin:shop_{model._meta.model_name}"
    newest = model._default_manager.order_by("-pk").first()
    assert newest is not None
    assert client.get(reverse(f"{address}_changelist"), {"q": "a"}).status_code == 200
    assert client.get(reverse(f"{address}_add")).status_code == 200
    assert client.get(reverse(f"{address}_change", args=[newest.pk])).status_code == 200


@pytest.mark.parametrize("model", models, ids=names)
def test_the_reader_may_look_at_the_catalogue_and_change_nothing(model: type[Model]) -> None:
    client, address = signed_in(VIKTOR), f"admin:shop_{model._meta.model_name}"
    expected = 200 if model._meta.model_name in CATALOGUE else 403
    assert client.get(reverse(f"{address}_changelist")).status_code == expected
    assert client.get(reverse(f"{address}_add")).status_code == 403


@pytest.mark.parametrize("model", models, ids=names)
def test_lists_ask_a_fixed_number_of_questions(
    model: type[Model], django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    client = signed_in(AMIRA)
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django exports no type for it
        client.get(reverse(f"admin:shop_{model._meta.model_name}_changelist"))

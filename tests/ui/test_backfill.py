"""The backfill's form and its job's page."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from demo_project.shop.models import Category, Product
from pghistory import jobs
from pghistory.jobs import queue, worker
from pghistory.models import Job
from pghistory_ui.orders import BackfillForm
from pghistory_ui.permissions import Access
from tests.ui.html import Page

Browse = Callable[..., Page]
BACKFILL = "/admin/pghistory/events/backfill/"
OF_CATEGORIES = f"{BACKFILL}?model=shop.Category"
EVENTS: Any = Category.pgh_event_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def categories(db: None) -> None:
    Category.objects.bulk_create([Category(name=f"No. {number}", slug=f"n{number}") for number in range(12)])
    EVENTS.objects.all().delete()


def post(client: Client, user: User, address: str, **data: str) -> Page:
    client.force_login(user)
    response = client.post(address, {"label": "insert", **data}, follow=True)
    assert response.status_code == 200
    return Page(response.content.decode())


def test_the_way_leads_from_the_event_models_to_the_choice_of_one(browse: Browse, mara: User):
    page = browse(mara, browse(mara, "/admin/pghistory/events/models/").link("Backfill events"))
    assert "Category" in page.text
    form = browse(mara, OF_CATEGORIES)
    for words in ["Category", "insert", "Only where", "Now", "At most", "Reason"]:
        assert words in form.text


def test_a_preview_shows_numbers_and_events_and_leaves_nothing(client: Client, mara: User, categories: None):
    page = post(client, mara, OF_CATEGORIES, filter="slug__in=n1,n2", preview="1")
    for words in ["Preview", "match the filter", "Backfill 2 events", "No. 1", "No. 2"]:
        assert words in page.text
    assert "No. 3" not in page.text
    assert not EVENTS.objects.exists()
    assert not Job.objects.exists()


def test_confirmed_it_is_done_and_its_job_is_shown(client: Client, mara: User, categories: None):
    page = post(client, mara, OF_CATEGORIES, confirm="1", reason="Tracking began today", throttle="100000")
    for words in ["Done", "by Mara Lindqvist", "12 of 12", "100 %", "Range 1: 12 written", "all events of this job"]:
        assert words in page.text
    assert EVENTS.objects.count() == 12
    context = EVENTS.objects.first().pgh_context
    assert context.metadata["reason"] == "Tracking began today"
    assert (context.metadata["user"], context.actor_label) == (mara.pk, "Mara Lindqvist")
    assert client.get(page.link("all events of this job")).status_code == 200
    assert "There is nothing to write." in post(client, mara, OF_CATEGORIES, preview="1").text


def test_a_wrong_form_says_why_beside_its_field(client: Client, mara: User, categories: None):
    for data, words in [
        ({"filter": "nothing=1"}, "The filter cannot be applied"),
        ({"filter": "slug"}, "is no filter"),
        ({"filter": "id=x"}, "The filter cannot be applied"),
        ({"filter": "products__supplier__name=x"}, "may not look up"),
        ({"label": "unheard"}, "Select a valid choice"),
        ({"time": "name"}, "Select a valid choice"),
        ({"throttle": "0"}, "greater than or equal to 1"),
    ]:
        for button in ("preview", "confirm"):
            page = post(client, mara, OF_CATEGORIES, **{button: "1", **data})
            assert words in page.text
            assert "pgh-form__error" in page.classes
    assert not Job.objects.exists()


def test_what_is_too_long_for_a_request_is_refused_with_the_command_to_run(
    client: Client, mara: User, categories: None, settings: Any
):
    settings.PGHISTORY_INLINE_ROWS = 5
    page = post(client, mara, OF_CATEGORIES, confirm="1", filter="slug__gt=a&id__gt=0")
    command = """python manage.py pghistory backfill shop.Category --label=insert '--filter=slug__gt=a&id__gt=0'"""
    assert command in page.text
    assert "12 rows are more than the 5" in page.text
    assert not Job.objects.exists()


def test_a_second_job_for_the_same_table_is_refused(client: Client, mara: User, categories: None):
    jobs.order("backfill", {"model": "shop.Category"}, target="shop.CategoryEvent")
    assert "There is an unfinished job for shop.CategoryEvent" in post(client, mara, OF_CATEGORIES, confirm="1").text


def test_a_database_that_refuses_is_quoted(client: Client, mara: User, categories: None):
    with connection.cursor() as cursor:
        cursor.execute("alter table shop_categoryevent rename column slug to old_slug")
    page = post(client, mara, OF_CATEGORIES, preview="1")
    assert 'column "slug" of relation "shop_categoryevent" does not exist' in page.text


def no_names(request: Any, model: Any, name: str) -> bool:
    return (model, name) != (Category, "name")


def test_a_field_that_is_withheld_is_neither_shown_nor_asked_about(
    client: Client, mara: User, categories: None, settings: Any
):
    settings.PGHISTORY_UI_FIELD_PERMISSION = no_names
    page = post(client, mara, OF_CATEGORIES, preview="1")
    assert "n1" in page.text
    assert "No. 1" not in page.text
    assert "may not look up" in post(client, mara, OF_CATEGORIES, preview="1", filter="name__startswith=N").text


def ordered(owner: User) -> Job:
    arguments = {"model": "shop.Category", "label": "insert", "batch": 5, "site": "admin"}
    return jobs.order("backfill", arguments, target="shop.CategoryEvent", owner=owner)


def address(job: Job) -> str:
    return f"/admin/pghistory/events/jobs/{job.pk}/"


def test_a_running_job_moves_and_is_cancelled_and_resumed(client: Client, browse: Browse, mara: User, categories: None):
    job = ordered(mara)
    waiting = browse(mara, address(job))
    assert "Queued" in waiting.text
    assert "Waiting for a worker" in waiting.text
    worker.begin(job.pk, "default")
    worker._next(job.pk, "default")
    page = browse(mara, address(job))
    for words in ["Running", "5 of 12", "41 %", "1 of 3", "Cancel the job"]:
        assert words in page.text
    region = client.get(address(job), headers={"HX-Request": "true"})
    text = region.content.decode()
    assert 'hx-trigger="every 1s"' in text
    assert "<html" not in text
    assert "HX-Refresh" not in region
    client.post(address(job), {"cancel": "1"})
    cancelled = browse(mara, address(job))
    assert "Cancelled: 5 written in 1 of 3 ranges; they stay" in cancelled.text
    assert client.get(address(job), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    client.post(address(job), {"resume": "1"})
    assert "12 of 12" in browse(mara, address(job)).text
    assert EVENTS.objects.count() == 12


def test_jobs_are_found_again_by_those_who_ordered_them(browse: Browse, person: Any, mara: User, categories: None):
    allowed = person("allowed", "shop.view_category", "shop.change_category", "pghistory.add_job")
    assert "Earlier jobs" not in browse(allowed, BACKFILL).text
    job = ordered(mara)
    assert "Earlier jobs" not in browse(allowed, BACKFILL).text
    page = browse(mara, BACKFILL)
    assert address(job) in [href for _words, href in page.links]
    for words in ["Earlier jobs", "shop.Category", "Mara Lindqvist", "Queued"]:
        assert words in page.text


def test_a_job_that_failed_says_why_and_can_be_resumed(client: Client, browse: Browse, mara: User, categories: None):
    job = ordered(mara)
    worker.begin(job.pk, "default")
    worker.fail(job, "default", "Range 1 was rolled back: the column is gone")
    page = browse(mara, address(job))
    assert "Failed" in page.text
    assert page.text.count("Range 1 was rolled back: the column is gone") == 3
    assert "Resume the job" in page.text


def test_what_cannot_be_resumed_says_why(client: Client, browse: Browse, mara: User, categories: None, settings: Any):
    job = ordered(mara)
    jobs.cancel(job)
    ordered(mara)
    client.force_login(mara)
    client.post(address(job), {"resume": "1"})
    assert "unfinished job" in browse(mara, address(job)).text


def test_a_long_job_is_left_to_the_workers(
    client: Client, mara: User, categories: None, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.PGHISTORY_INLINE_ROWS = 5
    monkeypatch.setattr(queue, "is_background", lambda: True)
    assert "Queued" in post(client, mara, OF_CATEGORIES, confirm="1").text
    assert not EVENTS.objects.exists()


@pytest.mark.django_db(databases=["default", "archive"])
def test_those_without_the_right_are_refused(browse: Browse, person: Any, mara: User, categories: None):
    view, change = "shop.view_category", "shop.change_category"
    nobodies = [
        person(f"nobody{number}", *rights)
        for number, rights in enumerate([[view], [view, change], [view, "pghistory.add_job"]])
    ]
    for nobody in nobodies:
        browse(nobody, BACKFILL, status=403)
        browse(nobody, OF_CATEGORIES, status=403)
        assert "Backfill events" not in browse(nobody, "/admin/pghistory/events/models/").text
    allowed = person("allowed", view, change, "pghistory.add_job", "shop.view_product")
    browse(allowed, OF_CATEGORIES)
    browse(allowed, f"{BACKFILL}?model=shop.Product", status=403)
    browse(allowed, f"{BACKFILL}?model=shop.Nothing", status=404)
    job = ordered(allowed)
    browse(allowed, address(job))
    browse(mara, address(job))
    browse(nobodies[0], address(job), status=403)
    browse(mara, f"/admin/pghistory/events/jobs/{uuid.uuid4()}/", status=404)
    browse(mara, "/admin/pghistory/events/jobs/x/", status=404)


def test_the_forms_need_their_token(mara: User, categories: None):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    assert client.post(OF_CATEGORIES, {"label": "insert", "confirm": "1"}).status_code == 403
    assert client.post(address(ordered(mara)), {"cancel": "1"}).status_code == 403
    assert Product.objects.count() == 0


def test_without_an_admin_a_model_is_filtered_by_its_own_columns_only(mara: User, rf: Any):
    request = rf.get("/")
    request.user = mara
    site = AdminSite(name="bare")
    access = Access(request, site)
    for text, allowed in [
        ("name=x", True),
        ("pk__in=1,2", True),
        ("parent=1", True),
        ("parent__name=x", False),
        ("products__stock=1", False),
        ("nothing=1", False),
    ]:
        form = BackfillForm({"label": "insert", "filter": text}, access, Category)
        assert ("filter" not in form.errors) is allowed, text

"""The list of jobs: whose, how far, how long."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demo_project.shop.models import Category
from pghistory.models import Job, JobPulse, JobRange
from tests.ui.html import Page

Browse = Callable[..., Page]
JOBS = "/admin/pghistory/events/jobs/"


def ordered(owner: User | None, **given: Any) -> Job:
    now = timezone.now()
    values = {"kind": "backfill", "arguments": {"model": "shop.Tag", "label": "insert"}, "token": ""} | given
    if owner is not None:
        values |= {"owner": str(owner.pk), "owner_label": owner.get_full_name() or owner.username}
    job = Job.objects.create(**{"total": 6_000, "created_at": now, **values})
    JobRange.objects.create(job=job, number=1, size=4_000, written=3_900, done_at=now)
    JobRange.objects.create(job=job, number=2, size=2_000)
    return job


def test_nothing_was_ordered_yet(browse: Browse, mara: User):
    page = browse(mara, JOBS)
    assert "No job was ordered" in page.text
    assert page.link("Jobs") == JOBS


def test_each_job_says_how_far_it_has_come_and_leads_to_its_page(browse: Browse, mara: User):
    now = timezone.now()
    job = ordered(mara, state="running", started_at=now - dt.timedelta(minutes=5))
    done = ordered(None, state="done", kind="export", arguments={}, started_at=now, ended_at=now, total=None)
    ordered(mara, state="failed", arguments={"model": "shop.Order"}, error="The disk is <full>")
    page = browse(mara, JOBS)
    assert page.link("Backfill of shop.Tag") == f"{JOBS}{job.pk}/"
    for words in ["Running", "4,000 of 6,000", "3,900", "by Mara Lindqvist", "5 minutes", "The disk is <full>"]:
        assert words in page.text, words
    assert f"{JOBS}{done.pk}/" in page.source
    for words in ["Done", "by a command", "not known", "0 s", "Failed"]:
        assert words in page.text, words


def test_only_superusers_see_the_jobs_of_others(browse: Browse, mara: User, viktor: User):
    ordered(mara)
    own = ordered(viktor, arguments={"model": "shop.Product"})
    page = browse(viktor, JOBS)
    assert "shop.Tag" not in page.text
    assert page.link("Backfill of shop.Product") == f"{JOBS}{own.pk}/"
    assert "that you ordered" in page.text
    assert "shop.Tag" in browse(mara, JOBS).text


def test_a_range_that_is_one_long_transaction_moves_in_the_list_as_on_its_page(browse: Browse, mara: User):
    now = timezone.now()
    job = ordered(mara, kind="restore", state="running", started_at=now, total=9_000)
    job.ranges.all().delete()
    JobRange.objects.create(job=job, number=1, size=9_000)
    JobPulse.objects.create(job=job, looked=4_321, at=now)
    assert "4,321 of 9,000" in browse(mara, JOBS).text


class CategoriesElsewhere:
    """A router that has one tracked model in another database."""

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "archive" if model is Category.pgh_event_model else None


@pytest.mark.django_db(databases=["default", "archive"])
def test_jobs_of_every_database_are_listed_newest_first(browse: Browse, mara: User, settings: Any):
    settings.DATABASE_ROUTERS = [CategoriesElsewhere()]
    now = timezone.now()
    ordered(mara, created_at=now - dt.timedelta(hours=2))
    values = {"kind": "backfill", "arguments": {"model": "shop.Elsewhere"}, "token": "", "owner": str(mara.pk)}
    elsewhere = Job.objects.using("archive").create(**values, created_at=now - dt.timedelta(hours=1), total=10)
    ordered(mara, created_at=now, arguments={"model": "shop.Newest"})
    page = browse(mara, JOBS)
    found = re.findall(r"Backfill of shop\.(Newest|Elsewhere|Tag)", page.text)
    assert found == ["Newest", "Elsewhere", "Tag"]
    assert page.link("Backfill of shop.Elsewhere") == f"{JOBS}{elsewhere.pk}/"


def test_older_jobs_are_on_the_next_page_and_all_pages_take_the_same_queries(
    client: Client, browse: Browse, mara: User
):
    now = timezone.now()

    def queries() -> int:
        client.get(JOBS)
        with CaptureQueriesContext(connection) as found:
            client.get(JOBS)
        return len(found)

    client.force_login(mara)
    ordered(mara, created_at=now)
    few = queries()
    for number in range(1, 60):
        ordered(mara, created_at=now - dt.timedelta(hours=number), arguments={"model": f"shop.M{number}"})
    assert queries() == few
    first = browse(mara, JOBS)
    assert "shop.M49" in first.text
    assert "shop.M50" not in first.text
    second = browse(mara, JOBS + first.link("Older page"))
    assert "shop.M50" in second.text
    assert "shop.M49" not in second.text
    assert second.link("Newest jobs") == "?"
    assert "No older job" in browse(mara, f"{JOBS}?before=2001-01-01").text


def test_jobs_of_one_instant_stand_on_one_page_each(browse: Browse, mara: User):
    now = timezone.now()
    for number in range(120):
        ordered(mara, created_at=now, arguments={"model": f"shop.M{number:03}"})
    page = browse(mara, JOBS)
    found = re.findall(r"shop\.M\d+", page.text)
    while older := dict(page.links).get("Older page"):
        page = browse(mara, JOBS + older)
        found += re.findall(r"shop\.M\d+", page.text)
    assert sorted(found) == [f"shop.M{number:03}" for number in range(120)]


@pytest.mark.parametrize("query", ["before=x", "before=2026-02-30", "before=9999-99", "before=\0", "id=x", "id=\0"])
def test_an_address_that_no_page_gave_is_not_found(browse: Browse, mara: User, query: str):
    browse(mara, f"{JOBS}?{query}", status=404)

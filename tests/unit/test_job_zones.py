"""A job's days are those of the one who ordered it."""

import datetime as dt
import zoneinfo

import pytest
from django.utils import timezone

from pghistory.jobs import zones
from pghistory.models import Job

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (zoneinfo.ZoneInfo("Asia/Tokyo"), "Asia/Tokyo"),
        (dt.UTC, "+0"),
        (timezone.get_fixed_timezone(-210), "-210"),
        (dt.timezone(dt.timedelta(hours=10)), "+600"),
    ],
)
def test_a_zone_comes_back_from_its_text(zone: dt.tzinfo, text: str):
    assert zones.told(zone) == text
    assert NOON.astimezone(zones.zone(text)).replace(tzinfo=None) == NOON.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize("text", [None, "Mars/Olympus", "+x", "", "../etc/passwd"])
def test_without_a_zone_that_is_known_the_projects_own_holds(text: str | None):
    assert zones.zone(text) == timezone.get_default_timezone()


def test_the_zone_of_a_job_holds_for_the_block():
    before = timezone.get_current_timezone_name()
    with zones.of(Job(arguments={"zone": "Asia/Tokyo"})):
        assert timezone.get_current_timezone_name() == "Asia/Tokyo"
    assert timezone.get_current_timezone_name() == before

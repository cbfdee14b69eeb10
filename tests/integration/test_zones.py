"""Days and instants in the current time zone, also where that is an offset which has no place on the map."""

import csv
import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from pghistory import backfill, export
from pghistory.timeline import Timeline, activity
from tests.tracked.models import Everything, Specimen
from tests.tracked.models.constructs import Target

pytestmark = pytest.mark.django_db
ZONES = [
    timezone.get_fixed_timezone(600),
    timezone.get_fixed_timezone(-210),
    dt.timezone(dt.timedelta(hours=10)),
    dt.timezone(dt.timedelta(hours=-3, minutes=-30)),
    dt.UTC,
    ZoneInfo("Etc/GMT-14"),
    ZoneInfo("Europe/Berlin"),
]


@pytest.fixture(params=ZONES, ids=str)
def zone(request: pytest.FixtureRequest) -> dt.tzinfo:
    found: dt.tzinfo = request.param
    return found


def test_days_are_those_of_the_zone(zone: dt.tzinfo):
    day = dt.date(2031, 7, 2)
    Everything.objects.create(name="a", number=1)
    with timezone.override(zone):
        for hour, minute in ((0, 0), (23, 59)):
            Everything.pgh_event_model.objects.update(
                pgh_created_at=dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            )
            timeline = Timeline().across(Everything)
            assert timeline.by_day(day - dt.timedelta(days=2), day + dt.timedelta(days=2)) == {day: 1}
            told = activity([Everything.pgh_event_model], day + dt.timedelta(days=1), days=3)
            assert told[Everything.pgh_event_model].days == (0, 1, 0)


def test_a_file_tells_instants_in_the_zone(zone: dt.tzinfo):
    Everything.objects.create(name="a", number=1)
    file = io.BytesIO()
    with timezone.override(zone):
        export.write(Timeline().across(Everything), file)
        (row,) = csv.DictReader(io.StringIO(file.getvalue().decode()))
        found = dt.datetime.fromisoformat(row["pgh_created_at"])
        stored = Everything.pgh_event_model.objects.get().pgh_created_at
        assert found == stored
        assert found.utcoffset() == stored.astimezone(zone).utcoffset()


def test_what_happened_on_a_day_happened_when_the_day_began_in_the_zone(zone: dt.tzinfo):
    Specimen.objects.create(unique="A", target=Target.objects.create(), date=dt.date(2026, 7, 1))
    Specimen.pgh_event_model._base_manager.all().delete()
    with timezone.override(zone):
        backfill.run(Specimen, time="date")
    stored = Specimen.pgh_event_model.objects.get().pgh_created_at
    assert stored == dt.datetime(2026, 7, 1, tzinfo=zone)

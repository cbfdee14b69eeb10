"""The time zone in which a job was ordered: what its arguments call a day begins there, not where the worker is."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from contextlib import AbstractContextManager

from django.utils import timezone

from pghistory.models import Job


def told(zone: dt.tzinfo) -> str:
    """A zone as text: the name that it has for everybody, or else how many minutes it is ahead of UTC now."""
    if isinstance(zone, zoneinfo.ZoneInfo) and zone.key:
        return zone.key
    offset = timezone.now().astimezone(zone).utcoffset() or dt.timedelta()
    return f"{offset.total_seconds() / 60:+.0f}"


def zone(told: str | None) -> dt.tzinfo:
    """The zone that was told; the project's own for a job that says nothing, or names one that is not known here."""
    if told is None:
        return timezone.get_default_timezone()
    try:
        return timezone.get_fixed_timezone(int(told)) if told[:1] in "+-" else zoneinfo.ZoneInfo(told)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()


def of(job: Job) -> AbstractContextManager[None]:
    """Makes the zone in which a job was ordered the current one of a block."""
    return timezone.override(zone(job.arguments.get("zone")))

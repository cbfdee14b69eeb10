"""Instants in the reader's zone, also where Django keeps them without one (USE_TZ = False)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """This moment."""
    return dt.datetime.now(timezone.get_current_timezone())


def today() -> dt.date:
    """The day that it is for the reader."""
    return now().date()


def local(at: dt.datetime) -> dt.datetime:
    """An instant, which is of the current zone where it has none."""
    zone = timezone.get_current_timezone()
    return at.replace(tzinfo=zone) if timezone.is_naive(at) else at.astimezone(zone)

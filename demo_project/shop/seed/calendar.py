"""When things happen: counted back from now, in the demo's own time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

LONGEST_SCENE = 240


@dataclass(frozen=True, slots=True)
class Calendar:
    """A stretch of `days` that ends at `now`."""

    now: datetime
    days: int

    @property
    def start(self) -> datetime:
        """Nine in the morning of the first day."""
        return self.at(self.days, "09:00")

    def at(self, days_ago: int, clock: str) -> datetime:
        """That time of day ("16:20"), so many days ago; never later than now."""
        return min(self._local(self._day(days_ago), time.fromisoformat(clock)), self.now)

    def scene(self, days_ago: int, clock: str) -> datetime:
        """As `at`, for a script of 240 days, drawn together when the stretch is shorter."""
        return self.at(round(days_ago * min(1.0, self.days / LONGEST_SCENE)), clock)

    def ahead(self, days: int, clock: str) -> datetime:
        """That time of day, in so many days."""
        return self._local(self._day(-days), time.fromisoformat(clock))

    def minutes_ago(self, minutes: int) -> datetime:
        """So many minutes before now."""
        return self.now - timedelta(minutes=minutes)

    def every(self, days: int, clock: str, *, first: int = 0) -> Iterator[datetime]:
        """That time of day, every so many days, to yesterday: what a seed tells must not hang on the hour it runs."""
        for days_ago in range(self.days - first, 0, -days):
            yield self.at(days_ago, clock)

    def spread(self, dice: Random, number: int, *, first: int = 0) -> list[datetime]:
        """So many instants in office hours between the day `first` and yesterday, in order."""
        instants = []
        for _ in range(number):
            days_ago = dice.randint(1, max(1, self.days - first))
            instants.append(self.at(days_ago, f"{dice.randint(8, 18):02}:{dice.randint(0, 59):02}"))
        return sorted(instants)

    def _day(self, days_ago: int) -> date:
        return timezone.localtime(self.now).date() - timedelta(days=days_ago)

    @staticmethod
    def _local(day: date, clock: time) -> datetime:
        return timezone.make_aware(datetime.combine(day, clock))

"""When a send comes again, at a local time of day: 10:00 stays 10:00 when the clocks change. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mms.errors import CampaignError

_LAST_DAY = 31
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Every(StrEnum):
    """How often."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`day` is 1 (Monday) to 7 of a week, or 1 to 31 of a month: where the month is shorter, its last day."""

    every: Every
    at: str  # HH:MM
    zone: str  # IANA
    day: int = 1

    @property
    def sentence(self) -> str:
        """In words."""
        when = {
            Every.DAY: "every day",
            Every.WEEK: f"every {_WEEK[self.day - 1]}" if self.every is Every.WEEK else "",
            Every.MONTH: f"every month on day {self.day}"
            + (", or the last day of a shorter month" if self.day > 28 else ""),
        }[self.every]
        return f"{when} at {self.at} ({self.zone})"

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"every": self.every.value, "at": self.at, "zone": self.zone, "day": self.day}

    def next_after(self, moment: float) -> float:
        """The first time after `moment`, both in seconds since 1970."""
        first = datetime.fromtimestamp(moment, ZoneInfo(self.zone)).date() - timedelta(days=1)
        times = (local_moment(day, self.at, self.zone) for day in self._days(first))
        return next(at for at in times if at > moment)

    def _days(self, first: date) -> Iterator[date]:
        for offset in count():
            day = first + timedelta(days=offset)
            if self._is_on(day):
                yield day

    def _is_on(self, day: date) -> bool:
        if self.every is Every.WEEK:
            return day.isoweekday() == self.day
        if self.every is Every.MONTH:
            return day.day == min(self.day, monthrange(day.year, day.month)[1])
        return True


def rhythm_of(every: str, at: str, zone: str, day: int = 1) -> Rhythm:
    """A rhythm from what a person said.

    Raises:
        CampaignError: code `rhythm`, naming what is wrong.
    """
    most = {Every.DAY: 1, Every.WEEK: len(_WEEK), Every.MONTH: _LAST_DAY}
    if every not in set(Every):
        raise CampaignError("It can come every day, week or month.", code="rhythm")
    if not 1 <= day <= max(1, most[Every(every)]) and every != Every.DAY:
        raise CampaignError(f"The day of a {every} is 1 to {most[Every(every)]}.", code="rhythm")
    try:
        at = f"{time.fromisoformat(at):%H:%M}"
        ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError):
        raise CampaignError(
            "Give a time such as 10:00 and a time zone such as America/New_York.", code="rhythm"
        ) from None
    return Rhythm(Every(every), at, zone, day)


def local_moment(day: date, at: str, zone: str) -> float:
    """That time on that day, in seconds since 1970: the first of two; where the clocks skip it, an hour later."""
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone)).timestamp()


def days_later(moment: float, days: int, at: str, zone: str) -> float:
    """The time of day `at`, so many local days after `moment`."""
    return local_moment(datetime.fromtimestamp(moment, ZoneInfo(zone)).date() + timedelta(days=days), at, zone)

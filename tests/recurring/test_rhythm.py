"""When a send comes again: local time, short months, clock changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mms.errors import CampaignError
from mms.recurring.rhythm import Every, Rhythm, days_later, rhythm_of

NEW_YORK = "America/New_York"


def seconds(text, zone=NEW_YORK):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("every", "day", "after", "then"),
    [
        ("month", 1, "2026-11-27T09:00", "2026-12-01T10:00"),
        ("month", 1, "2026-12-01T09:59", "2026-12-01T10:00"),
        ("month", 1, "2026-12-01T10:00", "2027-01-01T10:00"),
        ("month", 31, "2027-02-01T00:00", "2027-02-28T10:00"),
        ("month", 31, "2028-02-01T00:00", "2028-02-29T10:00"),
        ("month", 31, "2027-03-31T10:00", "2027-04-30T10:00"),
        ("week", 5, "2026-11-27T09:00", "2026-11-27T10:00"),
        ("week", 5, "2026-11-27T10:00", "2026-12-04T10:00"),
        ("week", 7, "2026-11-27T10:00", "2026-11-29T10:00"),
        ("day", 1, "2026-11-27T10:01", "2026-11-28T10:00"),
        ("day", 1, "2027-03-13T10:00", "2027-03-14T10:00"),  # the clocks go forward in that night
    ],
)
def test_the_next_time(every, day, after, then):
    assert Rhythm(Every(every), "10:00", NEW_YORK, day).next_after(seconds(after)) == seconds(then)


def test_a_time_that_the_clocks_skip_is_an_hour_later():
    found = Rhythm(Every.DAY, "02:30", NEW_YORK).next_after(seconds("2027-03-13T12:00"))
    assert datetime.fromtimestamp(found, ZoneInfo(NEW_YORK)).isoformat() == "2027-03-14T03:30:00-04:00"


def test_a_time_that_comes_twice_comes_once():
    daily = Rhythm(Every.DAY, "01:30", NEW_YORK)
    first = daily.next_after(seconds("2026-10-31T12:00"))
    assert datetime.fromtimestamp(first, ZoneInfo(NEW_YORK)).isoformat() == "2026-11-01T01:30:00-04:00"
    assert daily.next_after(first) == seconds("2026-11-02T01:30")


def test_days_between_are_local_days():
    assert days_later(seconds("2027-03-13T18:00"), 1, "10:00", NEW_YORK) == seconds("2027-03-14T10:00")


@pytest.mark.parametrize(
    ("every", "at", "zone", "day"),
    [("year", "10:00", NEW_YORK, 1), ("month", "10:00", NEW_YORK, 32), ("week", "10:00", NEW_YORK, 8),
     ("week", "10:00", NEW_YORK, 0), ("day", "25:00", NEW_YORK, 1), ("day", "10:00", "Mars/North", 1)],
)  # fmt: skip
def test_what_is_no_rhythm_is_said(every, at, zone, day):
    with pytest.raises(CampaignError) as error:
        rhythm_of(every, at, zone, day)
    assert error.value.code == "rhythm"

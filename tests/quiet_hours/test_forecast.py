"""The review page says how many go at once, how many wait until when, and when everybody has it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mms.quiet_hours import QuietHours, forecast

HOURS = QuietHours()
EAST, HAWAII, TEXAS = "+12125550101", "+18085550101", "+17135550101"
NEW_YORK = ZoneInfo("America/New_York")


def at(text, zone=NEW_YORK):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_an_empty_list_needs_nothing():
    found = forecast([], at("2026-06-15T12:00"), 1.0, HOURS)
    assert (found.at_once, found.held, found.end) == (0, (), None)


def test_all_at_once_ends_after_its_length_at_the_pace():
    found = forecast([EAST] * 600, at("2026-06-15T12:00"), 10.0, HOURS)
    assert (found.at_once, found.held, found.carried_over) == (600, (), 0)
    assert found.end == at("2026-06-15T12:01")


def test_the_others_wait_for_their_morning():
    start = at("2026-06-15T12:00")
    found = forecast([EAST] * 10 + [HAWAII] * 312, start, 0, HOURS)
    assert found.at_once == 10
    (held,) = found.held
    assert held.sentence(start.date()) == "312 people will get it today at 8:00 their time"
    assert found.ends == {"America/New_York": start, "Pacific/Honolulu": at("2026-06-15T14:00")}


def test_people_of_several_zones_who_wait_for_the_same_hour_are_one_line():
    start = at("2026-06-15T22:30")
    texas_and_illinois = [TEXAS] * 2 + ["+13125550101"] * 3
    found = forecast([EAST] * 4 + texas_and_illinois, start, 0, HOURS)
    sentences = [held.sentence(start.date()) for held in found.held]
    assert sentences == [
        "7 people will get it tomorrow at 8:00 their time",
        "2 people will get it tomorrow at 9:00 their time",
    ]


def test_a_long_send_goes_on_in_the_morning():
    start = at("2026-06-15T20:00")
    found = forecast([EAST] * 7200, start, 1.0, HOURS)
    assert found.at_once == 7200
    assert found.carried_over == 3600
    assert found.end == at("2026-06-16T09:00")


SENTENCES = [
    pytest.param(1, timedelta(days=1), "1 person will get it tomorrow at 8:00 their time", id="one person"),
    pytest.param(
        1200, timedelta(days=3), "1,200 people will get it on Thursday, June 18 at 8:00 their time", id="in some days"
    ),
]


@pytest.mark.parametrize(("count", "ahead", "expected"), SENTENCES)
def test_sentence(count, ahead, expected):
    from mms.quiet_hours import Held

    today = at("2026-06-15T08:00")
    assert Held(count, today + ahead).sentence(today.date()) == expected


def test_sentence_takes_the_readers_clock():
    from mms.quiet_hours import Held

    today = at("2026-06-15T14:00")
    sentence = Held(2, today).sentence(today.date(), lambda at: f"{at.hour - 12} pm")
    assert sentence == "2 people will get it today at 2 pm their time"

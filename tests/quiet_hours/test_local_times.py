"""Times as people enter them, around the change of the clocks."""

from datetime import datetime, timedelta

import pytest

from mms.quiet_hours.local_times import ClockChange, LocalTime, checked_time, moments

NEW_YORK = "America/New_York"
CASES = [
    pytest.param("2027-03-14T01:59:00", NEW_YORK, ["-0500"], id="before the gap"),
    pytest.param("2027-03-14T02:30:00", NEW_YORK, [], id="in the gap"),
    pytest.param("2027-03-14T03:00:00", NEW_YORK, ["-0400"], id="behind the gap"),
    pytest.param("2027-11-07T00:59:00", NEW_YORK, ["-0400"], id="before the hour that comes twice"),
    pytest.param("2027-11-07T01:30:00", NEW_YORK, ["-0400", "-0500"], id="twice"),
    pytest.param("2027-11-07T02:00:00", NEW_YORK, ["-0500"], id="behind it"),
    pytest.param("2027-04-04T01:45:00", "Australia/Lord_Howe", ["+1100", "+1030"], id="half an hour twice"),
    pytest.param("2027-03-14T02:30:00", "America/Phoenix", ["-0700"], id="a zone without clock change"),
]


@pytest.mark.parametrize(("text", "zone", "offsets"), CASES)
def test_the_moments_of_a_local_time(text: str, zone: str, offsets: list[str]) -> None:
    assert [f"{moment:%z}" for moment in moments(text, zone)] == offsets


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        pytest.param("2027-03-14T02:30:00", "time_not_there", ["2:30 am on 14 March 2027", "01:30", "03:30"], id="gap"),
        pytest.param("2027-11-07T01:30:00", "time_twice", ["01:30:00-04:00", "01:30:00-05:00"], id="twice"),
    ],
)
def test_the_clock_change_asks(text: str, code: str, words: list[str]) -> None:
    with pytest.raises(ClockChange) as asked:
        checked_time(text, NEW_YORK)
    assert asked.value.code == code
    assert all(word in asked.value.message for word in [*words, "Eastern time"])


def test_an_answer_is_kept_through_the_ledger() -> None:
    first, second = (checked_time("2027-11-07T01:30:00", NEW_YORK, fold) for fold in (0, 1))
    assert second.moment - first.moment == timedelta(hours=1).total_seconds()
    assert LocalTime.from_stored(second.stored, NEW_YORK) == second
    assert LocalTime.from_stored(first.stored, NEW_YORK) == first


def test_nine_in_the_morning_stays_nine_on_both_sides_of_the_change() -> None:
    for day in ("2027-03-13", "2027-03-15"):
        moment = checked_time(f"{day}T09:00:00", NEW_YORK).moment
        assert datetime.fromtimestamp(moment, moments(f"{day}T09:00:00", NEW_YORK)[0].tzinfo).hour == 9

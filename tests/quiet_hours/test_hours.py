"""Nobody is messaged outside the hours of the place where they live, on either side of every edge."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mms.errors import MmsError
from mms.quiet_hours import DEFAULT_ROWS, QuietHours, WindowRow, rules_from, store_rules, window_rows
from mms.quiet_hours import quiet_hours as stored_hours
from mms.quiet_hours.hours import opening
from mms.roles import LOCAL_ADMIN

HOURS = QuietHours()
NEW_YORK, FLORIDA, PANHANDLE = "+12125550101", "+13055550101", "+18505550101"
TEXAS, CONNECTICUT, RHODE_ISLAND, ARIZONA = "+17135550101", "+12035550101", "+14015550101", "+16025550101"
TORONTO, HAWAII, NOWHERE = "+14165550101", "+18085550101", "+19995550101"


def at(zone, text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


EDGES = [
    pytest.param(NEW_YORK, "America/New_York", "2026-06-15T07:59", "2026-06-15T08:00", id="federal: before 8"),
    pytest.param(NEW_YORK, "America/New_York", "2026-06-15T08:00", None, id="federal: from 8"),
    pytest.param(NEW_YORK, "America/New_York", "2026-06-15T20:59", None, id="federal: until 9 in the evening"),
    pytest.param(NEW_YORK, "America/New_York", "2026-06-15T21:00", "2026-06-16T08:00", id="federal: then tomorrow"),
    pytest.param(FLORIDA, "America/New_York", "2026-06-15T20:00", "2026-06-16T08:00", id="Florida closes at 8"),
    pytest.param(CONNECTICUT, "America/New_York", "2026-06-15T08:30", "2026-06-15T09:00", id="Connecticut opens at 9"),
    pytest.param(TEXAS, "America/Chicago", "2026-06-14T11:59", "2026-06-14T12:00", id="Texas: Sundays from noon"),
    pytest.param(
        TEXAS, "America/Chicago", "2026-06-13T21:30", "2026-06-14T12:00", id="Texas: Saturday night to Sunday noon"
    ),
    pytest.param(TEXAS, "America/Chicago", "2026-06-15T09:00", None, id="Texas: weekdays from 9"),
    pytest.param(RHODE_ISLAND, "America/New_York", "2026-06-12T18:00", "2026-06-13T10:00", id="Rhode Island: weekend"),
    pytest.param(TORONTO, "America/Toronto", "2026-06-15T08:30", "2026-06-15T09:00", id="Canada opens at 9"),
    pytest.param(
        PANHANDLE, "America/New_York", "2026-06-15T08:30", "2026-06-15T09:00", id="two zones: waits for the western"
    ),
    pytest.param(
        PANHANDLE, "America/Chicago", "2026-06-15T19:00", "2026-06-16T08:00", id="two zones: ends with the eastern"
    ),
    pytest.param(ARIZONA, "America/Denver", "2026-07-15T08:30", "2026-07-15T09:00", id="Arizona keeps no summer time"),
    pytest.param(ARIZONA, "America/Denver", "2026-01-15T08:00", None, id="Arizona in winter"),
    pytest.param(NEW_YORK, "America/New_York", "2026-03-07T23:00", "2026-03-08T08:00", id="spring: the clock jumps"),
    pytest.param(
        NEW_YORK, "America/New_York", "2026-10-31T23:00", "2026-11-01T08:00", id="autumn: the hour comes twice"
    ),
    pytest.param(NOWHERE, "America/St_Johns", "2026-06-15T12:00", "2026-06-15T16:30", id="unknown: Hawaii's morning"),
    pytest.param(
        NOWHERE, "America/St_Johns", "2026-06-15T21:00", "2026-06-16T16:30", id="unknown: Newfoundland's evening"
    ),
]


@pytest.mark.parametrize(("number", "zone", "now", "expected"), EDGES)
def test_next_allowed(number, zone, now, expected):
    found = HOURS.next_allowed(number, at(zone, now))
    assert found == (None if expected is None else at(zone, expected))


@pytest.mark.parametrize(("number", "zone", "now", "expected"), EDGES)
def test_the_quick_answer_is_the_same(number, zone, now, expected):
    found = QuietHours().not_before(number, at(zone, now).timestamp() + 59.9)
    assert found == (None if expected is None else at(zone, expected).timestamp())


def test_the_answer_is_in_the_persons_own_zone():
    found = HOURS.next_allowed(HAWAII, datetime(2026, 6, 15, 12, tzinfo=UTC))
    assert found is not None
    assert found.isoformat() == "2026-06-15T08:00:00-10:00"


def test_quick_answers_follow_the_clock():
    hours = QuietHours()
    closing_time = at("America/New_York", "2026-06-15T21:00").timestamp()
    assert hours.not_before(NEW_YORK, closing_time - 0.1) is None
    assert hours.not_before(NEW_YORK, closing_time) == at("America/New_York", "2026-06-16T08:00").timestamp()


def test_each_number_has_its_zone_and_time():
    now = at("America/New_York", "2026-06-15T08:30")
    found = [(HOURS.place(one).time_zone, HOURS.not_before(one, now.timestamp())) for one in (NEW_YORK, HAWAII)]
    assert found[0] == ("America/New_York", None)
    assert found[1] == (
        "Pacific/Honolulu",
        at("Pacific/Honolulu", "2026-06-15T08:00").timestamp(),
    )


def test_windows_that_never_overlap_do_not_search_for_ever():
    rules = rules_from([*DEFAULT_ROWS, WindowRow("US-FL", "mon-sun", "08:00", "08:30")])
    hours = QuietHours(rules)
    now = datetime(2026, 6, 15, tzinfo=UTC)
    assert opening(hours.place(PANHANDLE), now) > now


WRONG = [
    pytest.param(WindowRow("US-TX", "mon-sun", "21:00", "09:00"), "must open before", id="closes before it opens"),
    pytest.param(WindowRow("US-TX", "mon-sun", "9", "21:00"), "09:00", id="not a time"),
    pytest.param(WindowRow("US-TX", "funday", "09:00", "21:00"), "mon-fri", id="not a day"),
    pytest.param(WindowRow("US-TX", "sun-mon", "09:00", "21:00"), "Monday to Sunday", id="days backwards"),
]


@pytest.mark.parametrize(("row", "words"), WRONG)
def test_a_table_that_cannot_be_used_is_refused_by_its_line(row, words):
    with pytest.raises(MmsError, match=words) as refused:
        rules_from([*DEFAULT_ROWS, row])
    assert f"Line {len(DEFAULT_ROWS) + 1}" in refused.value.message


def test_a_table_needs_every_country():
    with pytest.raises(MmsError, match="CA, other"):
        rules_from([WindowRow("US", "mon-sun", "08:00", "21:00")])


def test_people_change_the_table(ledger):
    changed = [
        *DEFAULT_ROWS,
        WindowRow("US-NY", "mon-fri", "10:00", "18:00"),
    ]
    with ledger.write() as connection:
        assert window_rows(connection) == DEFAULT_ROWS
        store_rules(connection, changed, at=1.0, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        hours = stored_hours(connection)
    saturday = at("America/New_York", "2026-06-13T12:00")
    assert hours.next_allowed(NEW_YORK, saturday) == at("America/New_York", "2026-06-15T10:00")

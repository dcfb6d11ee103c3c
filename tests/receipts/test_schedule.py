"""The times at which Twilio's log is asked thin out and end."""

import pytest

from mms.receipts.schedule import HORIZON, LIVE_TIERS, PRACTICE_TIERS, due_age, is_due


def looks(tiers, hours):
    """Ages at which one message is asked about when the job runs every second."""
    found, last = [], 0.0
    for second in range(int(hours * 3600)):
        if is_due(tiers, second, last, second):
            found.append(second)
            last = second
    return found


def test_looks_thin_out():
    ages = looks(LIVE_TIERS, 3)
    assert ages[:6] == [10, 20, 30, 60, 90, 120]
    assert [age for age in ages if age > 3600] == [7200]


def test_looks_end_after_72_hours():
    ages = looks(LIVE_TIERS, 80)
    assert 71 * 3600 in ages
    assert max(ages) < HORIZON
    assert len(ages) < 100


def test_practice_looks_sooner():
    assert looks(PRACTICE_TIERS, 0.01)[0] == 2


AGES = [
    pytest.param(0, 3599, 3600.0, id="since long ago, before the hour: up to an hour old"),
    pytest.param(0, 3600, HORIZON, id="on the hour: all"),
    pytest.param(1000, 1005, 0.0, id="nothing due"),
    pytest.param(1000, 1010, 30.0, id="ten seconds later: the youngest"),
]


@pytest.mark.parametrize(("last", "now", "age"), AGES)
def test_older_messages_are_asked_about_less_often(last, now, age):
    assert due_age(LIVE_TIERS, last, now) == age

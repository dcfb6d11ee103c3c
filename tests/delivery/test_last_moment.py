"""Nothing arrives too late: each message may wait at Twilio until the person's hours, or the campaign's, are over."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mms.delivery.sending.claims import MOST_VALID, Claim, ClaimFrom, claim
from mms.delivery.sending.row_renderer import RowRenderer
from mms.ledger.tables import attempts, campaigns, rows
from mms.quiet_hours import QuietHours
from mms.receipts import AccountLog, poll_due, record_callback

CHICAGO = ZoneInfo("America/Chicago")  # where +1 205 lives


def at(hour: int, minute: int, second: int = 0) -> float:
    return datetime(2027, 6, 2, hour, minute, second, tzinfo=CHICAGO).timestamp()


@pytest.fixture
def claim_at(stage: Any) -> Callable[..., Claim]:
    """Claim the one row of a campaign at a moment, with the usual quiet hours (8 to 21) unless told otherwise."""

    def make(now: float, *, not_after: float | None = None, quiet: bool = True) -> Claim:
        campaign = stage.launch(1)
        source = ClaimFrom(
            campaign,
            stage.server.address.account_sid,
            1,
            RowRenderer.parse("Hello", (), ()),
            is_express=False,
            quiet_hours=QuietHours() if quiet else None,
            not_after=not_after,
        )
        with stage.ledger.write() as connection:
            return claim(connection, source, after=0, room=5, now=now)

    return make


def closing_minute(hours: QuietHours) -> float:
    return hours.window("+12055550100", at(12, 0))[1]


def test_a_message_may_wait_until_the_persons_hours_are_over(claim_at: Callable[..., Claim]) -> None:
    closes = closing_minute(QuietHours())
    (row,) = claim_at(closes - 1800).rows
    assert row.valid_for == 1800
    assert 1790 <= row.seconds_left <= 1800


@pytest.mark.parametrize(
    ("left", "is_taken"), [pytest.param(61, True, id="a minute left"), pytest.param(59, False, id="less than a minute")]
)
def test_too_short_a_rest_waits_for_the_next_window(
    stage: Any, claim_at: Callable[..., Claim], left: float, is_taken: bool
) -> None:
    hours = QuietHours()
    closes = closing_minute(hours)
    assert bool(claim_at(closes - left).rows) is is_taken
    expected = None if is_taken else hours.not_before("+12055550100", closes + 3600)
    assert stage.one(select(rows.c.not_before)) == expected


@pytest.mark.parametrize(
    ("now", "last", "state", "valid_for"),
    [
        pytest.param(at(12, 0), at(12, 10), "sending", 600, id="ten minutes left"),
        pytest.param(at(12, 0), at(12, 0, 59), "skipped", None, id="less than a minute left"),
        pytest.param(at(12, 0), at(11, 0), "skipped", None, id="past"),
        pytest.param(at(23, 0), at(23, 59), "skipped", None, id="over before the next window opens"),
    ],
)
def test_nobody_gets_it_after_the_last_moment(
    stage: Any, claim_at: Callable[..., Claim], now: float, last: float, state: str, valid_for: float | None
) -> None:
    taken = claim_at(now, not_after=last).rows
    assert [row.valid_for for row in taken] == ([] if valid_for is None else [valid_for])
    assert stage.one(select(rows.c.state)) == state
    assert stage.one(select(rows.c.reason)) == (None if valid_for else "too_late")


def test_every_create_says_how_long_it_may_wait(stage: Any) -> None:
    stage.launch(3)
    stage.run()
    asked = [int(request["form"]["ValidityPeriod"][0]) for request in stage.server.remote.requests()]
    assert all(MOST_VALID - 60 < seconds <= MOST_VALID for seconds in asked)


def with_last_moment(stage: Any, campaign: int, seconds: float) -> None:
    stage.change(campaigns, campaigns.c.id == campaign, not_after=time.time() + seconds)


def test_a_campaign_past_its_last_moment_ends_with_its_open_rows_skipped(stage: Any) -> None:
    campaign = stage.launch(4)
    with_last_moment(stage, campaign, -1)
    stage.run()
    assert stage.campaign(campaign)[0] == "finished"
    assert stage.states(campaign) == {"skipped": 4}
    assert stage.texts_per_person().total() == 0


def dropped(stage: Any) -> None:
    """Twilio tells of every message that it has: dropped from the queue."""
    with stage.ledger.read() as connection:
        has = rows.c.message_sid.is_not(None) & rows.c.state.in_(["accepted"])
        found = connection.execute(select(rows.c.id, rows.c.message_sid, rows.c.recipient).where(has)).all()
    for row in found:
        form = {"MessageSid": row.message_sid, "MessageStatus": "failed", "ErrorCode": "30036", "To": row.recipient}
        record_callback(stage.ledger, form, row.id)


def test_what_twilio_dropped_as_too_late_is_offered_once_more(stage: Any) -> None:
    campaign = stage.launch(2)
    stage.run()
    dropped(stage)
    assert stage.campaign(campaign) == ("waiting", "held_back")
    assert stage.states(campaign) == {"ready": 2}
    stage.run()
    assert stage.campaign(campaign)[0] == "finished"
    assert set(stage.texts_per_person().values()) == {2}  # asked for twice, and the first one never left Twilio
    assert stage.events(campaign)["held_back"] == 2
    assert stage.states(campaign) == {"accepted": 2}
    dropped(stage)  # only once
    assert stage.states(campaign) == {"failed": 2}
    assert stage.campaign(campaign)[0] == "finished"


def test_the_log_tells_of_it_as_well_as_a_callback(stage: Any) -> None:
    stage.server.remote.set_faults(queue_seconds=40_000)
    campaign = stage.launch(2)
    stage.run()
    log = AccountLog(stage.account_for(stage.settings))
    with stage.ledger.read() as connection:
        now = stage.ledger.now(connection)
    poll_due(stage.ledger, log, log.account.account_sid, now=now + 120)
    assert stage.states(campaign) == {"ready": 2}


@pytest.mark.parametrize(
    "over",
    [pytest.param({"not_after": 1.0}, id="past its last moment"), pytest.param({"want": "cancel"}, id="canceled")],
)
def test_nothing_is_offered_again_by_a_campaign_that_is_over(stage: Any, over: dict[str, Any]) -> None:
    campaign = stage.launch(1)
    stage.run()
    stage.change(campaigns, campaigns.c.id == campaign, **over)
    dropped(stage)
    assert stage.states(campaign) == {"failed": 1}


def test_a_callback_that_comes_twice_does_not_bring_the_dropped_message_back(stage: Any) -> None:
    stage.launch(1)
    stage.run()
    row, sid = stage.one(select(rows.c.id)), stage.one(select(rows.c.message_sid))
    form = {"MessageSid": sid, "MessageStatus": "failed", "ErrorCode": "30036"}
    form["To"] = stage.one(select(rows.c.recipient))
    stage.change(rows, rows.c.id == row, state="accepted")
    for _ in range(2):
        record_callback(stage.ledger, form, row)
    assert stage.one(select(rows.c.state)) == "ready"
    assert stage.one(select(rows.c.message_sid)) is None
    with stage.ledger.read() as connection:
        told = connection.execute(select(attempts.c.event)).scalars().all()
    assert told.count("held_back") == 1

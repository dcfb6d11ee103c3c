"""Scheduled campaigns: begun at once, put to another time, made drafts again; never once they have begun."""

import time

import pytest
from sqlalchemy import select
from test_launch import new, planned, read

from mms.campaigns import controls
from mms.campaigns.drafts.drafts import all_drafts, draft
from mms.campaigns.drafts.uploads import load_upload
from mms.campaigns.launch.launching import launch
from mms.campaigns.schedule import back_to_draft, change_start, coming, missed, send_now
from mms.delivery.queue.predicates import is_due
from mms.delivery.queue.sender_queue import queue_due
from mms.errors import CampaignError, NotAllowed
from mms.ledger.tables import campaigns, rows
from mms.quiet_hours.local_times import LocalTime
from mms.roles import LOCAL_ADMIN, Role, User
from mms.states import CampaignState, RowState

HOUR = 3_600.0
LATER = LocalTime("2099-05-03T09:00:00", "America/Chicago")
VIEWER = User("vera", "vera@example.com", Role.VIEWER)


def scheduled(ledger, hours=2.0, **changes):
    changes = {"start_local": LATER.stored, "zone": LATER.zone, **changes}
    return launch(ledger, new(start_at=time.time() + hours * HOUR, **changes), planned(3, skipped=1))


def is_due_now(ledger, number):
    with ledger.read() as connection:
        query = select(campaigns.c.id).where(campaigns.c.id == number, is_due(ledger.now(connection)))
        return connection.execute(query).first() is not None


def test_the_earliest_comes_first(ledger):
    late = scheduled(ledger, 5, key="late", content_hash="a")
    early = scheduled(ledger, 1, key="early", content_hash="b")
    with ledger.read() as connection:
        assert [one.id for one in coming(connection, "practice")] == [early, late]


def test_sent_now_is_due_at_once(ledger):
    number = scheduled(ledger)
    assert not is_due_now(ledger, number)
    send_now(ledger, number, by=LOCAL_ADMIN)
    assert is_due_now(ledger, number)


def test_another_time_is_kept_as_it_was_meant_and_the_pictures_are_looked_at_again(ledger):
    number = scheduled(ledger, media_urls=("https://example.com/a.jpg",))
    change_start(ledger, number, LATER, by=LOCAL_ADMIN)
    made = read(ledger, number)
    assert (made.start_at, made.start_local, made.zone) == (LATER.moment, LATER.text, LATER.zone)
    assert made.state is CampaignState.SCHEDULED
    assert not made.options.media_checked


def test_rows_forget_the_night_of_the_old_time(ledger):
    number = scheduled(ledger)
    with ledger.write() as connection:
        connection.execute(rows.update().values(not_before=LATER.moment))
    send_now(ledger, number, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        query = select(rows.c.not_before).where(rows.c.state == RowState.READY)
        assert set(connection.execute(query).scalars()) == {None}


@pytest.mark.parametrize(
    ("changes", "start", "code"),
    [
        pytest.param({}, LocalTime("2020-01-01T09:00:00", "UTC"), "past", id="past"),
        pytest.param({"not_after": time.time() + 20 * HOUR}, LATER, "not_after", id="behind its last moment"),
    ],
)
def test_time_that_cannot_be_is_refused(ledger, changes, start, code):
    number = scheduled(ledger, **changes)
    with pytest.raises(CampaignError) as refused:
        change_start(ledger, number, start, by=LOCAL_ADMIN)
    assert refused.value.code == code


def test_draft_has_everything_and_the_campaign_sends_nothing_more(ledger):
    number = scheduled(ledger, tags=("spring",))
    made = draft(ledger, back_to_draft(ledger, number, by=LOCAL_ADMIN))
    kept = {name: getattr(made.content, name) for name in ("name", "body", "tags", "start", "start_at", "zone")}
    assert kept == {
        "name": "Spring",
        "body": "Hi {Name}",
        "tags": ("spring",),
        "start": "later",
        "start_at": LATER.text,
        "zone": LATER.zone,
    }
    assert not made.content.consent
    with ledger.read() as connection:
        assert len(load_upload(connection, made.upload_id)) == 3
    assert read(ledger, number).state is CampaignState.CANCELED


@pytest.mark.parametrize("act", [send_now, back_to_draft], ids=["send now", "back to draft"])
def test_campaign_that_has_begun_stays_what_it_is(ledger, act):
    number = launch(ledger, new(), planned(3))
    with pytest.raises(CampaignError, match="has begun"):
        act(ledger, number, by=LOCAL_ADMIN)
    assert read(ledger, number).state is CampaignState.RUNNING
    assert all_drafts(ledger) == []


def test_missed_start_is_shown_until_somebody_decides(ledger):
    number = scheduled(ledger)
    with ledger.write() as connection:
        connection.execute(campaigns.update().values(start_at=time.time() - 3 * HOUR))
        queue_due(connection, new().account_sid, ledger.now(connection))
    with ledger.read() as connection:
        assert [one.id for one in missed(connection, "practice")] == [number]
    controls.cancel(ledger, number, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert missed(connection, "practice") == []


@pytest.mark.parametrize("act", [send_now, back_to_draft], ids=["send now", "back to draft"])
def test_viewer_changes_nothing(ledger, act):
    number = scheduled(ledger)
    with pytest.raises(NotAllowed):
        act(ledger, number, by=VIEWER)

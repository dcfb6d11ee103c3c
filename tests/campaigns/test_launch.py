"""Launching: once per request key, all rows or none, in the right state for its turn."""

import json
import threading

import pytest
from sqlalchemy import func, select

from mms.campaigns import controls
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.campaigns.launch.repeat_check import recently_messaged, same_campaigns
from mms.campaigns.launch.senders import sender_kind
from mms.campaigns.records import campaign
from mms.errors import CampaignError
from mms.ledger.tables import campaigns, rows
from mms.roles import LOCAL_ADMIN
from mms.states import CampaignState, RowState, SkipReason, Want

SID = "AC" + "0" * 32


def new(key="click-1", **changes):
    values = {
        "request_key": key,
        "name": "Spring",
        "body": "Hi {Name}",
        "media_urls": (),
        "columns": ("Phone", "Name"),
        "phone_column": "Phone",
        "sender_address": "+12025550100",
        "account_sid": SID,
        "mode": "practice",
        "content_hash": "hash",
    }
    return NewCampaign(**{**values, **changes})


def planned(count, skipped=0):
    for index in range(count):
        number = f"+1202555{100 + index % 100:04d}"
        cells = json.dumps([number, f"Person {index}"])
        if index < skipped:
            yield PlannedRow(index + 2, cells, number, RowState.SKIPPED, SkipReason.DUPLICATE)
        else:
            yield PlannedRow(index + 2, cells, number)


def row_count(ledger, campaign_id):
    with ledger.read() as connection:
        query = select(func.count()).where(rows.c.campaign_id == campaign_id)
        return connection.execute(query).scalar_one()


def read(ledger, campaign_id):
    with ledger.read() as connection:
        return campaign(connection, campaign_id)


def test_every_row_is_written_and_the_campaign_runs(ledger):
    number = launch(ledger, new(), planned(5_000, skipped=7))
    made = read(ledger, number)
    assert (made.state, made.want, made.row_count) == (CampaignState.RUNNING, Want.RUN, 5_000)
    assert row_count(ledger, number) == 5_000


def test_a_double_click_makes_one_campaign(ledger):
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(launch(ledger, new("same"), planned(9_000)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = launch(ledger, new("same"), planned(9_000))
    assert made == [again] * 3
    assert row_count(ledger, again) == 9_000


def test_a_launch_that_broke_off_is_finished_by_the_same_key(ledger):
    def breaks():
        yield from planned(2_500)
        raise OSError("cut off")

    with pytest.raises(OSError, match="cut off"):
        launch(ledger, new("key"), breaks())
    number = launch(ledger, new("key"), planned(3_000))
    assert row_count(ledger, number) == 3_000
    assert read(ledger, number).state is CampaignState.RUNNING


def test_nothing_ready_means_no_campaign(ledger):
    with pytest.raises(CampaignError, match="No row is ready"):
        launch(ledger, new(), planned(3, skipped=3))
    with ledger.read() as connection:
        assert connection.execute(select(func.count()).select_from(campaigns)).scalar_one() == 0


def test_a_second_campaign_of_the_sender_waits_its_turn(ledger):
    first = launch(ledger, new("a"), planned(3))
    second = launch(ledger, new("b"), planned(3))
    third = launch(ledger, new("c"), planned(3))
    other = launch(ledger, new("d", sender_address="+12025550101"), planned(3))
    assert [read(ledger, n).state.value for n in (first, second, third, other)] == [
        "running",
        "scheduled",
        "scheduled",
        "running",
    ]
    controls.move(ledger, third, before=second, by=LOCAL_ADMIN)
    assert read(ledger, third).queue_position < read(ledger, second).queue_position


@pytest.mark.parametrize(
    ("steps", "state", "want"),
    [
        pytest.param(["pause"], "paused", "pause", id="pause"),
        pytest.param(["pause", "pause"], "paused", "pause", id="pause twice"),
        pytest.param(["pause", "resume"], "running", "run", id="resume"),
        pytest.param(["resume"], "running", "run", id="resume what runs"),
        pytest.param(["cancel"], "canceled", "cancel", id="cancel"),
        pytest.param(["pause", "cancel", "cancel"], "canceled", "cancel", id="cancel what is paused, twice"),
    ],
)
def test_controls(ledger, steps, state, want):
    number = launch(ledger, new(), planned(10))
    for step in steps:
        getattr(controls, step)(ledger, number, by=LOCAL_ADMIN)
    made = read(ledger, number)
    assert (made.state, made.want) == (state, want)


def test_cancelled_rows_say_so_and_cannot_be_resumed(ledger):
    number = launch(ledger, new(), planned(10, skipped=2))
    controls.cancel(ledger, number, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        query = select(rows.c.state, func.count()).where(rows.c.campaign_id == number).group_by(rows.c.state)
        assert dict(tuple(found) for found in connection.execute(query)) == {"canceled": 8, "skipped": 2}
    with pytest.raises(CampaignError, match="cannot be resumed"):
        controls.resume(ledger, number, by=LOCAL_ADMIN)


def test_unknown_campaign_is_said_in_words(ledger):
    with pytest.raises(CampaignError, match="no campaign number 99"):
        controls.pause(ledger, 99, by=LOCAL_ADMIN)


@pytest.mark.parametrize(
    ("then", "states"),
    [
        (controls.resume_these, {CampaignState.RUNNING, CampaignState.SCHEDULED}),
        (controls.cancel_these, {CampaignState.CANCELED}),
    ],
    ids=["go on", "cancel"],
)
def test_panic_button_pauses_all_and_what_comes_then_is_a_choice(ledger, then, states):
    made = [launch(ledger, new(key), planned(3)) for key in "abc"]
    assert controls.pause_everything(ledger, "practice", by=LOCAL_ADMIN) == made
    assert {read(ledger, number).state for number in made} == {CampaignState.PAUSED}
    assert then(ledger, made, by=LOCAL_ADMIN) == made
    assert {read(ledger, number).state for number in made} == states


def test_one_that_has_ended_meanwhile_keeps_no_other_from_its_turn(ledger):
    made = [launch(ledger, new(key), planned(3)) for key in "abc"]
    controls.pause_everything(ledger, "practice", by=LOCAL_ADMIN)
    controls.cancel(ledger, made[0], by=LOCAL_ADMIN)
    assert controls.resume_these(ledger, made, by=LOCAL_ADMIN) == made[1:]


def test_repeats_and_recent_people_are_found(ledger):
    number = launch(ledger, new(), planned(4))
    with ledger.write() as connection:
        now = ledger.now(connection)
        first = select(func.min(rows.c.id)).scalar_subquery()
        connection.execute(
            rows.update().where(rows.c.id == first).values(state=RowState.SENT, sent_at=now, claimed_at=now)
        )
    with ledger.read() as connection:
        assert [one.id for one in same_campaigns(connection, "hash", "practice")] == [number]
        assert same_campaigns(connection, "hash", "live") == []
        assert recently_messaged(connection, "practice", now=now) == {"+12025550100"}
        assert recently_messaged(connection, "practice", now=now + 3 * 86_400) == frozenset()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("+12025550100", "long_code"),
        ("+18885550100", "toll_free"),
        ("12345", "short_code"),
        ("MG" + "0" * 32, "service"),
    ],
)
def test_sender_kind(address, kind):
    assert sender_kind(address) == kind


def test_what_a_killed_launch_wanted_to_say_is_not_said_to_the_next_ones_people(ledger):
    class Killed(BaseException):
        pass

    def die(_campaign_id):
        raise Killed

    with pytest.raises(Killed):
        launch(ledger, new(body="Old words"), planned(2), look=die)
    number = launch(ledger, new(body="Hi {City}", columns=("Phone", "City"), content_hash="other"), planned(3))
    found = read(ledger, number)
    assert (found.body, found.columns, row_count(ledger, number)) == ("Hi {City}", ("Phone", "City"), 3)

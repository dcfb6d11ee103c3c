"""Recurring sends and series: each time is one campaign of the people of then, whatever happens between."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from mms.access.approvals import set_approval_above
from mms.campaigns.launch.checklist import Sending
from mms.errors import MmsError, NotAllowed
from mms.ledger import opt_outs
from mms.ledger.tables import campaigns, recurring_runs, recurring_sends, replies, rows, uploads
from mms.lists.conditions import Asks, Condition
from mms.lists.merging import MergeMode, merge_into, save_new_list
from mms.lists.saved_lists import delete_list
from mms.lists.segments import save_segment
from mms.practice.account import ACCOUNT_SID, MAIN
from mms.recipients import CheckOptions, check, read_upload
from mms.recurring.rhythm import Every, Rhythm
from mms.recurring.sends import (
    Plan,
    Step,
    add_send,
    all_sends,
    approve_send,
    delete_send,
    pause_send,
    recurring_send,
    resume_send,
    runs_of,
)
from mms.recurring.starting import LATE_SECONDS, WAITS, start_due
from mms.recurring.states import RunResult, SendState
from mms.roles import LOCAL_ADMIN, Role, User

MEMBERS = "Name,Mobile,City\nAna,+12125550101,Denver\nBen,+12125550102,Boston\nCleo,+12125550103,Denver\n"
ANA, BEN, CLEO = "+12125550101", "+12125550102", "+12125550103"
DAILY = Rhythm(Every.DAY, "10:00", "America/New_York")
ADMIN = User("a@example.com", "a@example.com", Role.ADMIN)
SENDER = User("s@example.com", "s@example.com", Role.SENDER)
VIEWER = User("v@example.com", "v@example.com", Role.VIEWER)
NEW_YORK = "America/New_York"


def checked(text):
    upload = read_upload(text.encode(), file_name="members.csv")
    return check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))


@pytest.fixture
def sending(ledger, settings):
    return Sending(settings, ledger, ACCOUNT_SID, (MAIN.number,))


@pytest.fixture
def members(ledger):
    return save_new_list(ledger, checked(MEMBERS), "Members", by=LOCAL_ADMIN)


def daily(ledger, members, *, by=LOCAL_ADMIN, **changes):
    plan = {"name": "Offer", "list_id": members, "steps": (Step("Hi {Name}"),), "zone": NEW_YORK, "rhythm": DAILY}
    return add_send(ledger, Plan(**{**plan, **changes}), mode="practice", by=by)


def series(ledger, members, *texts):
    with ledger.read() as connection:
        first = ledger.now(connection) + 60
    steps = tuple(Step(text, days=0 if at == 0 else 2) for at, text in enumerate(texts))
    return daily(ledger, members, rhythm=None, steps=steps, first_at=first)


def make_due(ledger, send_id, ago=1.0):
    """As if its time had just come."""
    with ledger.write() as connection:
        at = ledger.now(connection) - ago
        connection.execute(update(recurring_sends).where(recurring_sends.c.id == send_id).values(next_at=at))
    return at


def made(ledger):
    query = select(campaigns.c.id, campaigns.c.name, campaigns.c.state).order_by(campaigns.c.id)
    with ledger.read() as connection:
        return list(connection.execute(query.where(campaigns.c.state != "draft")))


def people_of(ledger, campaign_id):
    query = select(rows.c.recipient).where(rows.c.campaign_id == campaign_id, rows.c.state == "ready")
    with ledger.read() as connection:
        return sorted(connection.execute(query).scalars())


def finish(ledger, campaign_id, state="delivered", campaign_state="finished"):
    """The campaign is over, as the worker would leave it."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        connection.execute(
            update(rows)
            .where(rows.c.campaign_id == campaign_id, rows.c.state == "ready")
            .values(state=state, sent_at=now)
        )
        connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(state=campaign_state))


def state_of(ledger, send_id):
    with ledger.read() as connection:
        return recurring_send(connection, send_id), runs_of(connection, send_id)


def test_what_is_not_due_is_not_started(ledger, sending, members):
    daily(ledger, members)
    assert start_due(sending) == 0
    assert made(ledger) == []


def test_a_time_makes_one_campaign_and_the_next_is_planned(ledger, sending, members):
    send_id = daily(ledger, members)
    planned = state_of(ledger, send_id)[0].next_at
    due = make_due(ledger, send_id)
    assert [start_due(sending), start_due(sending)] == [1, 0]
    ((campaign, name, state),) = made(ledger)
    assert (name, state, people_of(ledger, campaign)) == ("Offer", "running", [ANA, BEN, CLEO])
    found, (run,) = state_of(ledger, send_id)
    assert (run.due_at, run.result, run.campaign_id) == (due, RunResult.SENT, campaign)
    assert found.next_at == planned


def test_each_time_has_the_people_of_then_and_the_same_again_is_no_repeat(ledger, sending, members):
    segment = save_segment(ledger, "D", members, [Condition(Asks.COLUMN_IS, "City", "Denver")], by=LOCAL_ADMIN)
    send_id = daily(ledger, members, segment_id=segment)
    make_due(ledger, send_id)
    start_due(sending)
    finish(ledger, made(ledger)[0].id)
    make_due(ledger, send_id)
    start_due(sending)
    later = "Name,Mobile,City\nBen,+12125550102,Denver\n"
    merge_into(ledger, checked(later), members, MergeMode.MERGE, by=LOCAL_ADMIN)
    with ledger.write() as connection:
        opt_outs.add(connection, [ANA], source="reply", at=1.0)
    make_due(ledger, send_id)
    start_due(sending)
    assert [people_of(ledger, one.id) for one in made(ledger)[1:]] == [[ANA, CLEO], [BEN, CLEO]]


def test_a_time_for_nobody_is_noted_and_it_goes_on(ledger, sending, members):
    segment = save_segment(ledger, "P", members, [Condition(Asks.COLUMN_IS, "City", "Paris")], by=LOCAL_ADMIN)
    send_id = daily(ledger, members, segment_id=segment)
    make_due(ledger, send_id)
    start_due(sending)
    found, (run,) = state_of(ledger, send_id)
    assert (made(ledger), run.result, found.state) == ([], RunResult.NOBODY, SendState.ACTIVE)


def test_a_time_long_past_is_not_made_up_for(ledger, sending, members):
    send_id = daily(ledger, members)
    make_due(ledger, send_id, ago=LATE_SECONDS + 60)
    start_due(sending)
    found, (run,) = state_of(ledger, send_id)
    assert (made(ledger), run.result, found.state) == ([], RunResult.MISSED, SendState.ACTIVE)
    with ledger.read() as connection:
        assert found.next_at > ledger.now(connection)


@pytest.mark.parametrize("end", ["stopped", "canceled"])
def test_a_bad_end_pauses_it_until_somebody_goes_on(ledger, sending, members, end):
    send_id = daily(ledger, members)
    make_due(ledger, send_id)
    start_due(sending)
    finish(ledger, made(ledger)[0].id, campaign_state=end)
    make_due(ledger, send_id)
    start_due(sending)
    found, _ = state_of(ledger, send_id)
    assert (len(made(ledger)), found.state) == (1, SendState.PAUSED)
    resume_send(ledger, send_id, by=LOCAL_ADMIN)
    make_due(ledger, send_id)
    start_due(sending)
    assert (len(made(ledger)), state_of(ledger, send_id)[0].state) == (2, SendState.ACTIVE)


def test_a_list_that_is_gone_pauses_it_and_says_so(ledger, sending, members):
    send_id = daily(ledger, members)
    delete_list(ledger, members, by=LOCAL_ADMIN)
    make_due(ledger, send_id)
    start_due(sending)
    found, _ = state_of(ledger, send_id)
    assert (found.state, "no such list" in (found.reason or "")) == (SendState.PAUSED, True)


def test_what_is_paused_or_deleted_is_not_started(ledger, sending, members):
    first, second = daily(ledger, members), daily(ledger, members, name="Other")
    make_due(ledger, first)
    make_due(ledger, second)
    pause_send(ledger, first, by=LOCAL_ADMIN)
    delete_send(ledger, second, by=LOCAL_ADMIN)
    assert (start_due(sending), made(ledger)) == (0, [])
    with ledger.read() as connection:
        assert [one.id for one in all_sends(connection, "practice")] == [first]


def test_where_a_second_person_is_asked_it_waits_for_one(ledger, sending, members):
    set_approval_above(ledger, ADMIN, 2)
    send_id = daily(ledger, members, by=SENDER)
    make_due(ledger, send_id)
    assert [start_due(sending), start_due(sending)] == [0, 0]
    assert state_of(ledger, send_id)[0].reason == WAITS
    with pytest.raises(NotAllowed, match="Somebody else"):
        approve_send(ledger, send_id, by=SENDER)
    approve_send(ledger, send_id, by=ADMIN)
    assert start_due(sending) == 1
    assert len(people_of(ledger, made(ledger)[0].id)) == 3


def test_a_series_goes_on_with_who_got_it_and_did_not_write(ledger, sending, members):
    send_id = series(ledger, members, "One", "Two", "Three")
    make_due(ledger, send_id)
    start_due(sending)
    first = made(ledger)[0].id
    finish(ledger, first)
    with ledger.write() as connection:
        now = ledger.now(connection)
        connection.execute(
            replies.insert().values(message_sid="SM1", sender=ANA, address=MAIN.number, body="Thanks", at=now)
        )
    due = make_due(ledger, send_id)
    start_due(sending)
    second = made(ledger)[1].id
    assert people_of(ledger, second) == [BEN, CLEO]
    found, _ = state_of(ledger, send_id)
    assert (found.step, found.next_at) == (2, pytest.approx(due + 2 * 86_400, abs=3_700))
    make_due(ledger, send_id)
    start_due(sending)
    assert len(made(ledger)) == 2  # the second message is not over, so nobody knows who got it
    finish(ledger, second)
    with ledger.write() as connection:
        opt_outs.add(connection, [BEN], source="reply", at=now)
    start_due(sending)
    assert people_of(ledger, made(ledger)[2].id) == [CLEO]
    assert state_of(ledger, send_id)[0].state is SendState.DONE
    assert [one.name for one in made(ledger)] == [f"Offer, message {n}" for n in (1, 2, 3)]


def test_a_series_that_nobody_is_left_in_is_over(ledger, sending, members):
    send_id = series(ledger, members, "One", "Two")
    make_due(ledger, send_id)
    start_due(sending)
    finish(ledger, made(ledger)[0].id, state="failed")
    make_due(ledger, send_id)
    start_due(sending)
    assert (len(made(ledger)), state_of(ledger, send_id)[0].state) == (1, SendState.DONE)


def test_a_late_message_of_a_series_comes_the_next_day_at_its_time(ledger, sending, members):
    send_id = series(ledger, members, "One", "Two")
    due = make_due(ledger, send_id, ago=2 * LATE_SECONDS)
    start_due(sending)
    found, _ = state_of(ledger, send_id)
    assert (found.step, made(ledger)) == (0, [])
    assert found.next_at == pytest.approx(due + 86_400, abs=3_700)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "no_name"),
        ({"list_id": 99}, "no_such_list"),
        ({"steps": ()}, "steps"),
        ({"steps": (Step("a"), Step("b", days=1))}, "steps"),
        ({"steps": (Step(" "),)}, "message_empty"),
        ({"steps": (Step("Hi {Name"),)}, "template"),
        ({"rhythm": None, "first_at": 1.0}, "in_the_past"),
        ({"rhythm": None, "first_at": 9e9, "steps": (Step("a"),) * 2}, "steps"),
        ({"rhythm": None, "first_at": 9e9, "steps": (Step("a", days=1),) * 6}, "steps"),
    ],
)
def test_what_cannot_be_planned_is_said(ledger, members, changes, code):
    with pytest.raises(MmsError) as error:
        daily(ledger, members, **changes)
    assert error.value.code == code


def test_a_viewer_plans_nothing(ledger, members):
    send_id = daily(ledger, members)
    for deed in (pause_send, resume_send, delete_send, approve_send):
        with pytest.raises(NotAllowed):
            deed(ledger, send_id, by=VIEWER)
    with pytest.raises(NotAllowed):
        daily(ledger, members, by=VIEWER)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from mms.campaigns.launch.checklist import Sending
from mms.ledger import open_ledger
from mms.recurring.starting import start_due
from mms.settings import load_settings
from mms import isolation

isolation.decode_here()
settings = load_settings()
ledger = open_ledger(settings)
left = int(sys.argv[1])


def die(connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


event.listen(ledger.engine, "commit", die)
start_due(Sending(settings, ledger, sys.argv[2], (sys.argv[3],)))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
def test_a_kill_before_any_commit_makes_neither_two_campaigns_nor_none(ledger, sending, members, settings):
    """The process dies before its first, second, … commit; what comes after it makes the one campaign."""
    environment = {**os.environ, "MMS_DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    kills, commits = 0, 0
    while True:
        commits += 1
        send_id = daily(ledger, members, name=f"Killed at {commits}")
        due = make_due(ledger, send_id)
        command = [sys.executable, "-c", KILLED, str(commits), ACCOUNT_SID, MAIN.number]
        code = subprocess.run(command, env=environment, cwd=Path(__file__).parents[2], check=False).returncode
        kills += code == -signal.SIGKILL
        start_due(sending)
        start_due(sending)
        _, (run,) = state_of(ledger, send_id)
        assert (run.due_at, run.result) == (due, RunResult.SENT)
        if code != -signal.SIGKILL:
            break
    names = [one.name for one in made(ledger)]
    assert names == [f"Killed at {n}" for n in range(1, commits + 1)]
    assert kills >= 4  # upload, draft, rows, start, note: a kill before each was tried
    with ledger.read() as connection:
        assert connection.execute(select(func.count()).select_from(recurring_runs)).scalar_one() == commits
        assert connection.execute(select(func.count()).select_from(uploads)).scalar_one() >= commits
        per_campaign = select(func.count()).select_from(rows).group_by(rows.c.campaign_id)
        assert set(connection.execute(per_campaign).scalars()) == {3}


def test_the_local_time_is_kept(ledger, members):
    send_id = daily(ledger, members)
    next_at = state_of(ledger, send_id)[0].next_at
    local = datetime.fromtimestamp(next_at, tz=ZoneInfo(NEW_YORK))
    assert (local.hour, local.minute) == (10, 0)

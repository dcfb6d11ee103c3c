"""Pause, cancel, resume, the queue, the express lane, quiet hours: what people ask of a campaign while it runs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from mms.campaigns import controls
from mms.delivery.queue.sender_queue import queue_due
from mms.ledger.tables import campaigns, opt_outs, rows
from mms.quiet_hours import DEFAULT_ROWS, store_rules
from mms.roles import LOCAL_ADMIN


@contextmanager
def running(stage: Any) -> Iterator[None]:
    """The worker's part, in a thread, until nothing is left to do."""
    thread = threading.Thread(target=stage.run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@pytest.fixture
def paced(stage_on: Callable[..., Any], tmp_path: Any) -> Any:
    """Slow enough to be interrupted: 40 messages a second."""
    return stage_on(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}", MMS_RATE=40)


def arrived(stage: Any) -> int:
    return len(stage.server.remote.requests())


def test_pause_lets_nothing_leave_a_second_later(paced: Any, eventually: Any) -> None:
    campaign = paced.launch(200)
    with running(paced):
        eventually(lambda: arrived(paced) > 10)
        controls.pause(paced.ledger, campaign, by=LOCAL_ADMIN)
        paused_at = time.monotonic()
    assert all(request["monotonic"] < paused_at + 1.0 for request in paced.server.remote.requests())
    assert set(paced.states(campaign)) <= {"ready", "accepted", "sent", "delivered", "undelivered", "failed"}
    assert paced.campaign(campaign)[0] == "paused"


def test_resume_goes_on_where_it_was(paced: Any, eventually: Any) -> None:
    campaign = paced.launch(60)
    with running(paced):
        eventually(lambda: arrived(paced) > 10)
        controls.pause(paced.ledger, campaign, by=LOCAL_ADMIN)
    controls.resume(paced.ledger, campaign, by=LOCAL_ADMIN)
    paced.run()
    assert paced.campaign(campaign) == ("finished", None)
    assert set(paced.texts_per_person().values()) == {1}


def test_cancel_takes_back_what_has_not_left(paced: Any, eventually: Any) -> None:
    campaign = paced.launch(200)
    with running(paced):
        eventually(lambda: arrived(paced) > 10)
        controls.cancel(paced.ledger, campaign, by=LOCAL_ADMIN)
    states = paced.states(campaign)
    assert states["canceled"] > 0
    assert not {"ready", "sending", "unknown"} & set(states)
    assert paced.campaign(campaign)[0] == "canceled"


def test_campaigns_of_one_sender_take_turns(stage: Any) -> None:
    first = stage.launch(["+12055550101", "+12055550102"])
    second = stage.launch(["+12055550103"])
    assert stage.campaign(second)[0] == "scheduled"
    stage.run()
    order = [request["form"]["To"][0] for request in stage.server.remote.requests()]
    assert order[-1] == "+12055550103"
    assert stage.campaign(first) == stage.campaign(second) == ("finished", None)


def test_a_campaign_can_be_moved_forward_in_the_queue(stage: Any) -> None:
    launched = [stage.launch([f"+1205555010{n}"]) for n in range(3)]
    controls.move(stage.ledger, launched[2], before=launched[1], by=LOCAL_ADMIN)
    stage.run()
    order = [request["form"]["To"][0][-1] for request in stage.server.remote.requests()]
    assert order == ["0", "2", "1"]


def test_a_single_message_does_not_wait_behind_a_campaign(paced: Any, eventually: Any) -> None:
    paced.launch(200)
    with running(paced):
        eventually(lambda: arrived(paced) > 5)
        test_message = paced.launch(["+12125550199"], kind="test")
        eventually(lambda: paced.campaign(test_message)[0] == "finished")
        assert arrived(paced) < 200
        controls.pause_everything(paced.ledger, "live", by=LOCAL_ADMIN)


def test_a_campaign_in_quiet_hours_lets_the_next_one_pass(stage: Any) -> None:
    early, late = "+12055550101", "+12055550102"
    waiting = stage.launch([early, late])
    behind = stage.launch(["+12055550103"])
    opens_at = time.time() + 3600
    stage.change(rows, rows.c.recipient == late, not_before=opens_at)
    stage.run()
    assert stage.campaign(waiting) == ("waiting", "quiet_hours")
    assert stage.campaign(behind) == ("finished", None)
    assert stage.texts_per_person() == {early: 1, "+12055550103": 1}
    stage.change(rows, rows.c.recipient == late, not_before=time.time())
    stage.change(campaigns, campaigns.c.id == waiting, next_look_at=time.time())
    stage.run()
    assert stage.campaign(waiting) == ("finished", None)


def test_who_opts_out_before_their_turn_gets_nothing(stage: Any) -> None:
    campaign = stage.launch(["+12055550101", "+12055550102"])
    with stage.ledger.write() as connection:
        connection.execute(opt_outs.insert().values(recipient="+12055550102", since=1.0, source="reply"))
    stage.run()
    assert stage.texts_per_person() == {"+12055550101": 1}
    assert stage.states(campaign)["skipped"] == 1


def test_rate_can_be_changed_while_running(stage_on: Callable[..., Any], tmp_path: Any, eventually: Any) -> None:
    stage = stage_on(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}", MMS_RATE=2)
    campaign = stage.launch(150)
    with running(stage):
        eventually(lambda: arrived(stage) >= 2)
        controls.change_options(stage.ledger, campaign, by=LOCAL_ADMIN, rate=0.0)
    assert stage.campaign(campaign) == ("finished", None)


@pytest.mark.parametrize(
    ("late_by", "state"),
    [
        pytest.param(60, ("scheduled", "queued"), id="a minute"),
        pytest.param(3700, ("paused", "missed_start"), id="an hour"),
    ],
)
def test_a_missed_start_asks_instead_of_firing(stage: Any, late_by: float, state: tuple[str, str]) -> None:
    campaign = stage.launch(1, start_at=time.time() + 3600)
    with stage.ledger.write() as connection:
        queue_due(connection, stage.server.address.account_sid, time.time() + 3600 + late_by)
    assert stage.campaign(campaign) == state


def test_quiet_hours_that_begin_during_a_campaign_hold_its_rows_back(stage: Any) -> None:
    other_side = "12:00", "12:01"  # of the day: it is night in Alabama between 4 and 10 GMT, and noon is far
    window = other_side if 4 <= time.gmtime().tm_hour <= 10 else ("00:00", "00:01")
    with stage.ledger.write() as connection:
        never = [replace(row, opens=window[0], closes=window[1]) for row in DEFAULT_ROWS]
        store_rules(connection, never, at=1.0, by=LOCAL_ADMIN)
    campaign = stage.launch(300, any_hour=False)
    stage.run()
    assert stage.campaign(campaign) == ("waiting", "quiet_hours")
    assert stage.states(campaign) == {"ready": 300}

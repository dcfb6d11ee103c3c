"""A ledger that is older than the world: whoever takes over looks at what Twilio has sent before anything leaves."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mms.delivery.reconciliation.look_back import Begun
from mms.delivery.sending.lease import acquire
from mms.delivery.sending.run_store import RunStore
from mms.delivery.sending.sender_run import WorkerContext
from mms.ledger.tables import campaigns, rows, senders
from mms.twilio_client import LogExcerpt

PEOPLE, FORGOTTEN = 12, 7


def put_back(stage: Any, campaign: int, forgotten: int) -> None:
    """The ledger as an old dump has it, and another process that goes on with it."""
    theirs = (rows.c.campaign_id == campaign) & (rows.c.row_number > PEOPLE + 1 - forgotten)
    nothing = {"message_sid": None, "sent_at": None, "fence": None, "claimed_at": None, "asked_from": None}
    stage.change(rows, theirs, state="ready", attempts=0, **nothing)
    stage.change(campaigns, campaigns.c.id == campaign, state="running", finished_at=None)
    stage.context = WorkerContext(
        stage.ledger, stage.settings, stage.account_for, "another", lambda _name: False, stage.stopping
    )


@pytest.mark.parametrize("forgotten", [FORGOTTEN, PEOPLE])
def test_a_restored_ledger_doubles_nobody(stage_on: Callable[..., Any], database_url: str, forgotten: int) -> None:
    stage = stage_on(database_url)
    campaign = stage.launch(PEOPLE)
    stage.run()
    put_back(stage, campaign, forgotten)
    stage.run()
    assert stage.texts_per_person().total() == len(stage.texts_per_person()) == PEOPLE
    assert stage.campaign(campaign) == ("finished", None)
    assert stage.events(campaign)["settled_found"] == forgotten


def test_what_had_not_gone_out_goes_out_after_the_look(stage: Any) -> None:
    campaign = stage.launch(PEOPLE)
    stage.change(campaigns, campaigns.c.id == campaign, state="running")
    put_back(stage, campaign, PEOPLE)
    stage.run()
    assert stage.texts_per_person().total() == len(stage.texts_per_person()) == PEOPLE
    assert stage.campaign(campaign) == ("finished", None)


def test_nothing_leaves_while_the_log_is_away(stage: Any, eventually: Callable[..., None]) -> None:
    import threading

    campaign = stage.launch(PEOPLE)
    stage.run()
    put_back(stage, campaign, PEOPLE)
    stage.server.remote.set_faults(lists_failing=1.0)
    asked = stage.server.remote.calls().get("list", 0)
    run = threading.Thread(target=stage.run)
    run.start()
    eventually(lambda: stage.server.remote.calls().get("list", 0) > asked + 2)
    assert stage.texts_per_person().total() == PEOPLE
    stage.server.remote.set_faults()
    run.join()
    assert stage.texts_per_person().total() == PEOPLE
    assert stage.campaign(campaign) == ("finished", None)


def taken_over(stage: Any, campaign: int) -> tuple[RunStore, list[Begun]]:
    lease = acquire(stage.ledger, stage.sender_id(), "x", is_dead=lambda _: False, stopping=stage.stopping)
    assert lease is not None
    store = RunStore(stage.ledger, stage.settings, lease, stage.context.begun, stage.context.high_water)
    return store, [Begun(campaign, 0.0)]


def test_of_a_log_that_cannot_be_read_to_its_end_nobody_is_concluded_to_be_missing(stage: Any) -> None:
    campaign = stage.launch(PEOPLE)
    store, begun = taken_over(stage, campaign)
    store.looked_back(begun, LogExcerpt((), is_whole=False))
    assert stage.states(campaign) == {"unknown": PEOPLE}


def test_reading_a_long_log_keeps_the_lease_and_says_how_far_it_is(stage: Any) -> None:
    campaign = stage.launch(PEOPLE)
    store, begun = taken_over(stage, campaign)
    store.look_back_since(begun, 1_790_000_000.0)
    stage.change(senders, senders.c.id == stage.sender_id(), held_until=1.0)
    store.looks_back(begun, 12_000)
    assert stage.one(select(senders.c.held_until)) > time.time()
    assert stage.one(select(campaigns.c.reason)).endswith("Messages read so far: 12,000.")

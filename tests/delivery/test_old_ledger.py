"""A ledger that is older than the world: whoever takes over looks at what Twilio has sent before anything leaves."""

from collections.abc import Callable
from typing import Any

import pytest

from mms.delivery.sending.sender_run import WorkerContext
from mms.ledger.tables import campaigns, rows

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

"""What makes a campaign stop by itself, and how it goes on: Twilio's refusals, the breaker, the canary, doubts."""

import time
from typing import Any

import pytest
from sqlalchemy import select

from mms.campaigns import controls
from mms.delivery import Decision, reconcile, resolve_all_unknown, resolve_unknown, undecided
from mms.delivery.queue.canary import go_on_by_rule
from mms.delivery.queue.conclusion import for_a_person
from mms.errors import CampaignError
from mms.ledger.tables import campaigns, dead_numbers, opt_outs, rows
from mms.roles import LOCAL_ADMIN


def test_a_fault_of_the_sender_stops_at_once_and_keeps_the_row(stage: Any) -> None:
    stage.server.remote.set_faults(script=["ok", "code:21606"])
    campaign = stage.launch(5, max_in_flight=1)
    stage.run()
    assert stage.campaign(campaign) == ("stopped", "twilio_21606")
    assert stage.states(campaign)["ready"] == 4
    controls.resume(stage.ledger, campaign, by=LOCAL_ADMIN)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)
    assert set(stage.texts_per_person().values()) == {1}


def test_a_single_message_has_its_refusal_as_an_answer(stage: Any) -> None:
    stage.server.remote.set_faults(script=["code:21606"])
    campaign = stage.launch(["+12055550101"], kind="api")
    stage.run()
    assert stage.states(campaign) == {"refused": 1}
    assert stage.campaign(campaign)[0] == "finished"


def test_refusals_are_remembered(stage: Any) -> None:
    stage.server.remote.set_faults(script=["code:21610", "code:21614"])
    campaign = stage.launch(["+12055550101", "+12055550102"], max_in_flight=1)
    stage.run()
    assert stage.states(campaign) == {"refused": 2}
    assert stage.one(select(opt_outs.c.recipient)) == "+12055550101"
    assert stage.one(select(dead_numbers.c.recipient)) == "+12055550102"


def test_the_breaker_stops_when_most_fail(stage: Any) -> None:
    stage.server.remote.set_faults(shares={"code:30007": 1.0})
    campaign = stage.launch(400, breaker_window=50, breaker_share=0.5)
    stage.run()
    assert stage.campaign(campaign) == ("stopped", "breaker")
    assert 50 <= stage.states(campaign)["refused"] < 400
    assert "filter" in stage.one(select(campaigns.c.reason))


def test_the_breaker_lets_a_few_failures_pass(stage: Any) -> None:
    stage.server.remote.set_faults(shares={"code:30007": 0.2}, seed=3)
    campaign = stage.launch(150)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)


def test_a_canary_waits_for_a_person(stage: Any) -> None:
    campaign = stage.launch(20, canary=5)
    stage.run()
    assert stage.campaign(campaign) == ("paused", "canary")
    assert stage.states(campaign)["ready"] == 15
    controls.resume(stage.ledger, campaign, by=LOCAL_ADMIN)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)


@pytest.mark.parametrize(
    ("failed", "state"),
    [pytest.param(0, "running", id="all well"), pytest.param(3, "paused", id="three of five failed")],
)
def test_a_canary_may_decide_by_rule(stage: Any, failed: int, state: str) -> None:
    campaign = stage.launch(20, canary=5, canary_goes_on=True)
    stage.run()
    stage.change(rows, rows.c.row_number.between(2, 1 + failed), state="failed")
    with stage.ledger.write() as connection:
        go_on_by_rule(connection, time.time() + 60)
    assert stage.campaign(campaign)[0] == "paused"
    with stage.ledger.write() as connection:
        go_on_by_rule(connection, time.time() + 3600)
    assert stage.campaign(campaign)[0] == state


@pytest.fixture
def in_doubt(stage_on: Any, tmp_path: Any) -> Any:
    """A campaign whose one row stayed unknown, because Twilio's log did not answer."""
    stage = stage_on(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}", MMS_SETTLE_SECONDS=0.1)
    stage.server.remote.set_faults(script=["reset_before"], lists_failing=True)
    stage.doubted = stage.launch(["+12055550101"])
    stage.run()
    assert stage.campaign(stage.doubted) == ("stopped", "unknown_rows")
    assert stage.states(stage.doubted) == {"unknown": 1}
    stage.server.remote.set_faults()
    return stage


def test_the_log_can_be_asked_again(in_doubt: Any) -> None:
    assert reconcile(in_doubt.ledger, in_doubt.doubted, by=LOCAL_ADMIN) == 1
    in_doubt.run()
    assert in_doubt.campaign(in_doubt.doubted) == ("finished", None)
    assert set(in_doubt.texts_per_person().values()) == {1}


@pytest.mark.parametrize(
    ("decision", "state", "texts"),
    [
        pytest.param(Decision.SENT, "sent", 0, id="it went out"),
        pytest.param(Decision.SEND_AGAIN, "accepted", 1, id="send it again"),
        pytest.param(Decision.GIVE_UP, "canceled", 0, id="leave it"),
    ],
)
def test_a_person_decides_what_cannot_be_settled(in_doubt: Any, decision: Decision, state: str, texts: int) -> None:
    row = in_doubt.one(select(rows.c.id))
    resolve_unknown(in_doubt.ledger, row, decision, by=LOCAL_ADMIN)
    in_doubt.run()
    assert in_doubt.states(in_doubt.doubted) == {state: 1}
    assert sum(in_doubt.texts_per_person().values()) == texts
    assert in_doubt.campaign(in_doubt.doubted)[0] == "finished"
    with pytest.raises(CampaignError):
        resolve_unknown(in_doubt.ledger, row, decision, by=LOCAL_ADMIN)


@pytest.mark.parametrize(
    ("decision", "state", "texts"),
    [(Decision.SENT, "sent", 0), (Decision.SEND_AGAIN, "accepted", 3), (Decision.GIVE_UP, "canceled", 0)],
    ids=["went out", "send again", "leave"],
)
def test_one_decision_for_all_rows_in_doubt(
    stage_on: Any, tmp_path: Any, decision: Decision, state: str, texts: int
) -> None:
    stage = stage_on(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}", MMS_SETTLE_SECONDS=0.1)
    stage.server.remote.set_faults(script=["reset_before"] * 3, lists_failing=True)
    campaign = stage.launch(3)
    stage.run()
    stage.server.remote.set_faults()
    with stage.ledger.read() as connection:
        assert undecided(connection, campaign) == 3
    with pytest.raises(CampaignError, match="3 and not 2"):
        resolve_all_unknown(stage.ledger, campaign, decision, expected=2, by=LOCAL_ADMIN)
    assert stage.states(campaign) == {"unknown": 3}
    resolve_all_unknown(stage.ledger, campaign, decision, expected=3, by=LOCAL_ADMIN)
    stage.run()
    assert stage.states(campaign) == {state: 3}
    assert sum(stage.texts_per_person().values()) == texts
    assert stage.campaign(campaign)[0] == "finished"


def test_campaign_says_how_many_decisions_are_left_and_goes_on_after_the_last(in_doubt: Any) -> None:
    row = in_doubt.one(select(rows.c.id))
    second = in_doubt.launch(["+12055550101", "+12055550102", "+12055550103"])
    of_second = rows.c.campaign_id == second
    in_doubt.change(rows, of_second, state="unknown", reason="unsettled")
    in_doubt.change(rows, of_second & (rows.c.recipient == "+12055550101"), state="ready", reason=None)
    in_doubt.change(campaigns, campaigns.c.id == second, state="stopped", reason_code="unknown_rows")
    resolve_unknown(in_doubt.ledger, row, Decision.SENT, by=LOCAL_ADMIN)
    left = [in_doubt.one(select(rows.c.id).where(of_second, rows.c.recipient == f"+1205555010{n}")) for n in (2, 3)]
    resolve_unknown(in_doubt.ledger, left[0], Decision.GIVE_UP, by=LOCAL_ADMIN)
    assert "whether 1 message went out" in in_doubt.one(select(campaigns.c.reason).where(campaigns.c.id == second))
    resolve_unknown(in_doubt.ledger, left[1], Decision.GIVE_UP, by=LOCAL_ADMIN)
    in_doubt.run()
    assert in_doubt.campaign(second)[0] == "finished"
    assert in_doubt.texts_per_person() == {"+12055550101": 1}


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "whether 1 message went out. Say of it: it went out, send it again, or leave it."),
        (2300, "whether 2,300 messages went out. Say of each: it went out, send it again, or leave it."),
    ],
)
def test_campaign_in_doubt_counts_its_messages(count: int, words: str) -> None:
    assert words in for_a_person(count)


def test_nobody_gets_another_message_while_one_is_in_doubt(in_doubt: Any) -> None:
    another = in_doubt.launch(["+12055550101", "+12055550102"])
    in_doubt.run()
    assert in_doubt.texts_per_person() == {"+12055550102": 1}
    assert in_doubt.campaign(another) == ("stopped", "unknown_rows")
    assert in_doubt.states(another)["ready"] == 1


def test_a_row_is_not_sent_again_for_ever(stage_on: Any, tmp_path: Any) -> None:
    stage = stage_on(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}", MMS_SETTLE_SECONDS=0.1)
    stage.server.remote.set_faults(script=["reset_before"] * 10)
    campaign = stage.launch(["+12055550101"])
    stage.run()
    assert stage.campaign(campaign) == ("stopped", "unknown_rows")
    assert stage.events(campaign)["settled_absent"] == 3

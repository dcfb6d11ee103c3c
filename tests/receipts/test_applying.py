"""Receipts in any order, twice, too early or never asked for: the ledger ends with the latest state."""

from itertools import permutations

import pytest
from sqlalchemy import select

from mms.ledger import dead_numbers, opt_outs
from mms.ledger.tables import attempts, early_receipts, rows
from mms.receipts import Effect, apply_early, record_callback, record_callbacks, sweep_early
from mms.receipts.callbacks import KEPT_SECONDS
from mms.states import FROM_TWILIO, RowState, may_follow


def form(sid, status, code="", to="+12025550100"):
    return {"MessageSid": sid, "MessageStatus": status, "ErrorCode": code, "To": to, "AccountSid": "AC" + "0" * 32}


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])), ids="-".join)
def test_any_order_ends_delivered(ledger, sent_campaign, order):
    campaign = sent_campaign(1)
    for status in order:
        record_callback(ledger, form(campaign.sids[0], status))
    assert campaign.states() == ["delivered"]


AT_TWILIO = (RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED)


def test_no_state_steps_back(ledger, sent_campaign):
    """Every state against every word, in one campaign: one row for each pair."""
    pairs = [(current, word) for current in AT_TWILIO for word in FROM_TWILIO]
    campaign = sent_campaign(len(pairs), states=[current.value for current, _word in pairs])
    record_callbacks(
        ledger, [(form(sid, word), None) for sid, (_current, word) in zip(campaign.sids, pairs, strict=True)]
    )
    expected = [FROM_TWILIO[word] if may_follow(current, FROM_TWILIO[word]) else current for current, word in pairs]
    assert campaign.states() == [state.value for state in expected]


def test_a_repeated_callback_changes_nothing_and_tells_so(ledger, sent_campaign):
    campaign = sent_campaign(1)
    effects = [record_callback(ledger, form(campaign.sids[0], status)) for status in ("sent", "sent", "queued")]
    assert effects == [Effect.APPLIED, Effect.REPEATED, Effect.LATE]
    with ledger.read() as connection:
        told = connection.execute(select(attempts.c.status).where(attempts.c.event == "receipt")).scalars().all()
    assert told == ["sent"]


def test_a_later_word_for_the_same_state_is_kept(ledger, sent_campaign):
    campaign = sent_campaign(1)
    assert record_callback(ledger, form(campaign.sids[0], "sending")) is Effect.APPLIED
    assert record_callback(ledger, form(campaign.sids[0], "queued")) is Effect.REPEATED
    assert campaign.column(rows.c.provider_status) == ["sending"]


STRANGE = [
    pytest.param({}, id="no fields"),
    pytest.param(form("MM/12 3", "sent"), id="not a SID"),
    pytest.param(form("MM" + "a" * 33, "sent"), id="longer than a SID"),
    pytest.param(form("MM" + "a" * 32, "teleported"), id="a word that nobody knows"),
]


@pytest.mark.parametrize("fields", STRANGE)
def test_strange_callbacks_are_named_and_dropped(ledger, fields):
    assert record_callback(ledger, fields) is Effect.STRANGE


@pytest.mark.parametrize("sid", ["MM" + "e" * 32, "SM-0007"])  # other servers make their own
def test_a_callback_before_the_answer_is_applied_with_it(ledger, sent_campaign, sid):
    campaign = sent_campaign(1, states=["sending"], with_sids=False)
    for status in ("delivered", "sent", "sent"):
        assert record_callback(ledger, form(sid, status)) is Effect.EARLY  # its address names no row
    campaign.accept(0, sid)
    with ledger.write() as connection:
        assert apply_early(connection, [sid], 5.0) == 2
        assert connection.execute(select(early_receipts)).all() == []
    assert campaign.states() == ["delivered"]


def test_the_sweep_applies_what_was_missed(ledger, sent_campaign):
    campaign = sent_campaign(1, states=["sending"], with_sids=False)
    sid = "MM" + "e" * 32
    record_callback(ledger, form(sid, "undelivered", "30005"))
    campaign.accept(0, sid)
    assert sweep_early(ledger) == 0
    assert campaign.states() == ["undelivered"]


def test_receipts_that_nobody_claims_are_forgotten(ledger):
    record_callback(ledger, form("MM" + "f" * 32, "sent"))
    with ledger.write() as connection:
        now = ledger.now(connection)
        connection.execute(early_receipts.update().values(at=now - KEPT_SECONDS - 1))
    assert sweep_early(ledger) == 1
    assert sweep_early(ledger) == 0


@pytest.mark.parametrize("state", ["unknown", "ready", "sending", "canceled", "refused"])
def test_a_row_learns_its_sid_from_the_callback(ledger, sent_campaign, state):
    campaign = sent_campaign(1, states=[state], with_sids=False)
    sid = "MM" + "e" * 32
    assert record_callback(ledger, form(sid, "sent"), campaign.ids[0]) is Effect.APPLIED
    assert campaign.states() == ["sent"]
    assert campaign.column(rows.c.message_sid) == [sid]


@pytest.mark.parametrize("state", ["unknown", "ready"])
def test_a_row_is_not_taken_for_another_persons(ledger, sent_campaign, state):
    campaign = sent_campaign(1, states=[state], with_sids=False)
    sid = "MM" + "e" * 32
    assert record_callback(ledger, form(sid, "sent", to="+12025550199"), campaign.ids[0]) is Effect.EARLY
    assert campaign.states() == [state]


def test_an_opt_out_that_only_a_receipt_tells_of_is_kept(ledger, sent_campaign):
    campaign = sent_campaign(1)
    record_callback(ledger, form(campaign.sids[0], "failed", "21610"))
    with ledger.read() as connection:
        assert opt_outs.everyone(connection) == {"+12025550100"}
        assert dead_numbers.still_dead(connection) == {}
    assert campaign.column(rows.c.error_code) == [21610]


def test_a_dead_number_is_remembered(ledger, sent_campaign):
    campaign = sent_campaign(1)
    record_callback(ledger, form(campaign.sids[0], "undelivered", "30005"))
    with ledger.read() as connection:
        assert dead_numbers.still_dead(connection) == {"+12025550100": 30005}
        assert opt_outs.everyone(connection) == frozenset()

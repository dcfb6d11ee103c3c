"""States: the tables of moves are complete, and Twilio's own list of words is translated."""

import itertools

import pytest
from twilio.rest.api.v2010.account.message import MessageInstance

from mms.states import CAMPAIGN_MOVES, FROM_TWILIO, OPEN_ROWS, ROW_MOVES, CampaignState, RowState, may_follow

FINAL_ROWS = {
    RowState.DELIVERED,
    RowState.UNDELIVERED,
    RowState.FAILED,
    RowState.REFUSED,
    RowState.SKIPPED,
    RowState.CANCELED,
}


def test_every_word_of_twilios_library_is_translated():
    assert {word for name, word in vars(MessageInstance.Status).items() if name.isupper()} <= set(FROM_TWILIO)


@pytest.mark.parametrize(("current", "later"), list(itertools.product(RowState, RowState)))
def test_a_final_row_never_moves_and_nothing_steps_back(current, later):
    if current in FINAL_ROWS or current is later:
        assert not may_follow(current, later)
    dropped_as_too_late = (current, later) == (RowState.ACCEPTED, RowState.READY)  # Twilio said so itself (30036)
    if current in (RowState.ACCEPTED, RowState.SENT) and not dropped_as_too_late:
        assert later not in OPEN_ROWS or not may_follow(current, later)


def test_ended_campaigns_are_final():
    assert set(CampaignState) - set(CAMPAIGN_MOVES) == {CampaignState.CANCELED}
    assert CAMPAIGN_MOVES[CampaignState.FINISHED] == {CampaignState.WAITING}  # for what Twilio dropped as too late
    assert set(RowState) - set(ROW_MOVES) == FINAL_ROWS

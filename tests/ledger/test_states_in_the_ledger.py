"""The table of moves holds in the database: whatever is asked of a row or a campaign in any state."""

import itertools

import pytest
from sqlalchemy import select

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger import open_ledger
from mms.ledger.campaign_states import change_campaign, command_campaign, explain_campaign, move_campaign
from mms.ledger.row_states import (
    RowChange,
    annotate_each,
    annotate_rows,
    apply_reports,
    claim_rows,
    move_each,
    move_row,
    move_rows,
    skip_each,
)
from mms.ledger.tables import attempts, campaigns, rows
from mms.settings import settings_from
from mms.states import CAMPAIGN_MOVES, ROW_MOVES, AttemptEvent, CampaignState, Reason, RowState, Want, may_follow

NOW = 1_000.0
PEOPLE = len(RowState)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    opened = open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path_factory.mktemp("data")), "MMS_MODE": "practice"}))
    yield opened
    opened.close()


@pytest.fixture
def campaign_id(ledger, request):
    new = NewCampaign(
        request_key=request.node.nodeid[-64:],
        name="Spring",
        body="Hi",
        media_urls=(),
        columns=("Phone",),
        phone_column="Phone",
        sender_address="+12025550100",
        account_sid="AC" + "0" * 32,
        mode="practice",
        content_hash="hash",
    )
    return launch(ledger, new, [PlannedRow(n + 2, "[]", f"+120255501{n:02d}") for n in range(PEOPLE)])


def put(ledger, campaign_id, state):
    """A row in this state, whatever the table of moves says; returns its id."""
    with ledger.write() as connection:
        row_id = connection.execute(select(rows.c.id).where(rows.c.campaign_id == campaign_id).limit(1)).scalar_one()
        connection.execute(rows.update().where(rows.c.id == row_id).values(state=state.value, fence=7, attempts=1))
    return row_id


def state_of(ledger, row_id):
    with ledger.read() as connection:
        return RowState(connection.execute(select(rows.c.state).where(rows.c.id == row_id)).scalar_one())


def change(row_id, campaign_id, to, **others):
    return RowChange(row_id, campaign_id, to, AttemptEvent.RECEIPT, **others)


MOVERS = {
    "one": lambda c, row, campaign, to: move_row(c, change(row, campaign, to), NOW),
    "each": lambda c, row, campaign, to: move_each(c, [change(row, campaign, to)], NOW),
    "where": lambda c, row, campaign, to: move_rows(c, to, rows.c.id == row, now=NOW),
    "report": lambda c, row, campaign, to: apply_reports(c, [{"row_id": row, "state": to}], []),
    "claim": lambda c, row, campaign, to: claim_rows(c, campaign, [row], fence=8, now=NOW),
    "skip": lambda c, row, campaign, to: skip_each(c, [{"row_id": row, "reason": "duplicate"}], NOW),
}


@pytest.mark.parametrize("mover", MOVERS)
def test_no_way_of_moving_a_row_goes_past_the_table(ledger, campaign_id, mover):
    targets = {"claim": [RowState.SENDING], "skip": [RowState.SKIPPED]}.get(mover, list(RowState))
    for before, to in itertools.product(RowState, targets):
        row_id = put(ledger, campaign_id, before)
        with ledger.write() as connection:
            MOVERS[mover](connection, row_id, campaign_id, to)
        assert state_of(ledger, row_id) is (to if may_follow(before, to) else before), (before, to)


def test_a_row_that_was_claimed_anew_is_left_alone_and_a_single_move_leaves_no_history(ledger, campaign_id):
    row_id = put(ledger, campaign_id, RowState.SENDING)
    with ledger.write() as connection:
        assert not move_row(connection, change(row_id, campaign_id, RowState.ACCEPTED, fence=6), NOW)
        lines = connection.execute(select(attempts).where(attempts.c.row_id == row_id)).all()
    assert (state_of(ledger, row_id), lines) == (RowState.SENDING, [])


def test_many_rows_move_in_one_statement(ledger, campaign_id):
    with ledger.write() as connection:
        ids = connection.execute(select(rows.c.id).where(rows.c.campaign_id == campaign_id)).scalars().all()
        assert claim_rows(connection, campaign_id, ids, fence=3, now=NOW) == set(ids)
        move_each(connection, [change(one, campaign_id, RowState.ACCEPTED, fence=3) for one in ids], NOW)
        apply_reports(connection, [{"row_id": one, "state": RowState.SENT} for one in ids], [])
        skip_each(connection, [{"row_id": one, "reason": "duplicate"} for one in ids], NOW)
        annotate_each(connection, [{"row_id": one, "looks": 5} for one in ids])
        found = connection.execute(select(rows.c.state, rows.c.looks).where(rows.c.campaign_id == campaign_id)).all()
    assert {tuple(one) for one in found} == {("sent", 5)}


def test_out_of_narrows_the_table_and_never_widens_it(ledger, campaign_id):
    row_id = put(ledger, campaign_id, RowState.DELIVERED)
    out_of = frozenset({RowState.DELIVERED, RowState.UNKNOWN})
    with ledger.write() as connection:
        assert not move_row(connection, change(row_id, campaign_id, RowState.READY, out_of=out_of), NOW)


def test_an_attempt_that_was_not_made_is_not_counted(ledger, campaign_id):
    row_id = put(ledger, campaign_id, RowState.SENDING)
    with ledger.write() as connection:
        move_each(connection, [change(row_id, campaign_id, RowState.READY, was_asked=False)], NOW)
        assert connection.execute(select(rows.c.attempts).where(rows.c.id == row_id)).scalar_one() == 0


@pytest.mark.parametrize("by_itself", [True, False])
def test_no_campaign_goes_past_the_table(ledger, campaign_id, by_itself):
    for before, to in itertools.product(CampaignState, CampaignState):
        with ledger.write() as connection:
            this = campaigns.c.id == campaign_id
            connection.execute(campaigns.update().where(this).values(state=before.value, want="run"))
            if by_itself:
                moved = move_campaign(connection, campaign_id, to)
            else:
                moved = command_campaign(connection, campaign_id, to, Want.RUN)
            after = connection.execute(select(campaigns.c.state).where(this)).scalar_one()
        may = to in CAMPAIGN_MOVES.get(before, frozenset())
        assert (moved, after) == (may, to if may else before), (before, to)


@pytest.mark.parametrize("want", [Want.PAUSE, Want.CANCEL])
def test_what_happens_by_itself_gives_way_to_a_person(ledger, campaign_id, want):
    with ledger.write() as connection:
        assert command_campaign(connection, campaign_id, CampaignState.PAUSED, want, code=Reason.BY_HAND)
        assert not move_campaign(connection, campaign_id, CampaignState.RUNNING)
        explain_campaign(connection, campaign_id, Reason.SETTLING, "…")
        found = connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one()
    assert (found.state, found.want, found.reason_code) == ("paused", want, "by_hand")


@pytest.mark.parametrize(
    "write",
    [
        lambda c: annotate_rows(c, rows.c.id == 1, state="ready"),
        lambda c: annotate_each(c, [{"row_id": 1, "fence": 2}]),
        lambda c: move_rows(c, RowState.READY, rows.c.id == 1, now=NOW, attempts=0),
        lambda c: change_campaign(c, 1, state="running"),
        lambda c: change_campaign(c, 1, reason_code="x"),
    ],
)
def test_no_state_gets_in_beside_a_move(ledger, write):
    with pytest.raises(ValueError, match="only a move"), ledger.write() as connection:
        write(connection)


def test_every_state_can_be_left_or_is_final_and_every_state_can_be_reached():
    assert {state for later in ROW_MOVES.values() for state in later} | {RowState.READY} == set(RowState)
    assert {s for later in CAMPAIGN_MOVES.values() for s in later} | {CampaignState.DRAFT} == set(CampaignState)

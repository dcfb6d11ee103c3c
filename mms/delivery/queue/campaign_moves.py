"""The one place where the worker changes a campaign's state; the table of moves decides what is allowed."""

from typing import Any

from sqlalchemy import Connection, update

from mms.ledger.tables import campaigns
from mms.states import CAMPAIGN_MOVES, CampaignState, Want


def move_campaign(
    connection: Connection,
    campaign_id: int,
    to: CampaignState,
    *,
    reason_code: str | None = None,
    reason: str | None = None,
    **values: Any,
) -> bool:
    """Move to a state that may follow; False when a person was faster (paused, cancelled) or it is no move.

    `values` are further columns of the campaign that change with it.
    """
    allowed = [state for state, later in CAMPAIGN_MOVES.items() if to in later]
    moved = connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id, campaigns.c.state.in_(allowed), campaigns.c.want == Want.RUN)
        .values(state=to, reason_code=reason_code, reason=reason, **values)
    )
    return moved.rowcount == 1


def explain_campaign(connection: Connection, campaign_id: int, reason_code: str | None, reason: str | None) -> None:
    """Say beside the state what the campaign is doing; the state stays."""
    connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id, campaigns.c.reason_code.is_distinct_from(reason_code))
        .where(campaigns.c.want == Want.RUN)
        .values(reason_code=reason_code, reason=reason)
    )

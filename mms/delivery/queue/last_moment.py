"""Campaigns whose last moment has passed: what has not gone out is skipped, and they come to their end."""

from sqlalchemy import Connection, select

from mms.delivery.queue.predicates import is_wanted
from mms.ledger.campaign_states import change_campaign, explain_campaign
from mms.ledger.row_states import move_rows
from mms.ledger.tables import campaigns, rows, senders
from mms.states import CampaignState, Reason, RowState, SkipReason


def skip_what_is_too_late(connection: Connection, account_sid: str, now: float) -> None:
    """Skip the open rows of such campaigns, for that reason; the sender's next run concludes them."""
    past = (
        select(campaigns.c.id, campaigns.c.state)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .where(is_wanted(), campaigns.c.not_after <= now)
        .where(senders.c.account_sid == account_sid)
    )
    for found in connection.execute(past).all():
        ready = (rows.c.campaign_id == found.id) & (rows.c.state == RowState.READY)
        move_rows(connection, RowState.SKIPPED, ready, now=now, reason=SkipReason.TOO_LATE)
        change_campaign(connection, found.id, next_look_at=None, start_at=None)
        if found.state == CampaignState.SCHEDULED:
            explain_campaign(connection, found.id, Reason.QUEUED, "Its last moment has passed.")

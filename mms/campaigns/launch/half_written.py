"""What a program leaves that was killed while it wrote a list: a campaign that was never let go; nothing was sent."""

from sqlalchemy import Connection, func, select

from mms.campaigns.records import campaign
from mms.coupons.giving import take_back_all
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.campaign_states import change_campaign, forget_campaign
from mms.ledger.row_states import forget_rows
from mms.ledger.tables import campaigns, rows
from mms.roles import Permission, User, require
from mms.states import CampaignState

NOT_FINISHED = "It was not finished being written; nothing was sent of it. It can be removed."
BEING_WRITTEN = "It is being written just now; nothing has been sent of it yet."
_A_CHUNK_TAKES = 60.0  # seconds; a chunk of rows takes far less


def word_on_half_written(connection: Connection, campaign_id: int, now: float) -> str:
    """What to tell about a campaign that was not let go yet."""
    newest = select(func.max(rows.c.updated_at)).where(rows.c.campaign_id == campaign_id).scalar_subquery()
    last = connection.execute(
        select(func.coalesce(newest, campaigns.c.created_at)).where(campaigns.c.id == campaign_id)
    ).scalar_one()
    return BEING_WRITTEN if now - last < _A_CHUNK_TAKES else NOT_FINISHED


def remove_half_written(ledger: Ledger, campaign_id: int, *, by: User) -> None:
    """Remove it with its rows. Whoever should still be writing it finds that out and lets nothing go.

    Raises:
        CampaignError: code `no_such_campaign`, `wrong_state` for one that was let go, `being_written`.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        current, now = campaign(connection, campaign_id), ledger.now(connection)
        if current.state is not CampaignState.DRAFT:
            raise CampaignError(
                f"Campaign {campaign_id} is {current.state}: it stays in the list, with what became of each row.",
                code="wrong_state",
            )
        if word_on_half_written(connection, campaign_id, now) == BEING_WRITTEN:
            raise CampaignError(f"{BEING_WRITTEN} Look again in a minute.", code="being_written")
        change_campaign(connection, campaign_id, writer=None)  # locks it against a writer that is alive after all
        take_back_all(connection, campaign_id, current.parent_id)
        forget_rows(connection, campaign_id)
        forget_campaign(connection, campaign_id)
        note(connection, by.name, "campaign.remove", at=now, subject=str(campaign_id))

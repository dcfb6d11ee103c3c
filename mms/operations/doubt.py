"""Puts open rows in doubt, after a database was put back: Twilio's log is asked about each before anything is sent."""

from sqlalchemy import ColumnElement, select

from mms.delivery.reconciliation.put_back import doubt_open_rows
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.high_water import note_put_back
from mms.ledger.tables import campaigns
from mms.roles import Permission, User, require
from mms.states import CampaignState

_BEGUN = tuple(set(CampaignState) - {CampaignState.DRAFT})


def doubt(ledger: Ledger, campaign_id: int | None, *, by: User) -> int:
    """Put the open rows of one campaign, or with None of all, in doubt; returns how many.

    Campaigns that run go on by themselves with what Twilio's log does not know.

    Raises:
        CampaignError: code `no_such_campaign`.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        chosen: ColumnElement[bool] = campaigns.c.state.in_(_BEGUN)
        if campaign_id is not None:
            chosen = chosen & (campaigns.c.id == campaign_id)
            if connection.execute(select(campaigns.c.id).where(chosen)).first() is None:
                raise CampaignError(f"There is no campaign number {campaign_id}.", code="no_such_campaign")
        now = ledger.now(connection)
        doubted = doubt_open_rows(connection, chosen, now)
        if campaign_id is None:
            note_put_back(connection, now)
        note(connection, by.name, "campaign.doubt", at=now, subject=str(campaign_id or "all"))
    return doubted

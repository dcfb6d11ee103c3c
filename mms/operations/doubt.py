"""Puts open rows in doubt, after a database was put back: Twilio's log is asked about each before anything is sent."""

from sqlalchemy import ColumnElement, Connection, func, select

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.row_states import doubt_rows
from mms.ledger.tables import campaigns, rows
from mms.roles import Permission, User, require
from mms.states import OPEN_ROWS, CampaignState

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
        note(connection, by.name, "campaign.doubt", at=now, subject=str(campaign_id or "all"))
    return doubted


def doubt_open_rows(connection: Connection, chosen: ColumnElement[bool], now: float) -> int:
    """The same within a transaction, for the campaigns of `chosen`."""
    theirs = rows.c.campaign_id.in_(select(campaigns.c.id).where(chosen))
    is_open = rows.c.state.in_([state.value for state in OPEN_ROWS])
    count = connection.execute(select(func.count()).select_from(rows).where(theirs, is_open)).scalar_one()
    created = select(campaigns.c.created_at).where(campaigns.c.id == rows.c.campaign_id).scalar_subquery()
    doubt_rows(connection, theirs, created, now)
    return int(count)

"""A ledger that was put back (dump, copied file, backup): every open row goes into doubt, every campaign waits."""

from sqlalchemy import ColumnElement, Connection, func, select

from mms.ledger.campaign_states import pause_for
from mms.ledger.high_water import note_put_back
from mms.ledger.row_states import doubt_rows
from mms.ledger.tables import campaigns, rows
from mms.states import OPEN_ROWS, CampaignState, Reason

PUT_BACK = (
    "The database was put back to an older state: messages have gone out of which it knows nothing. "
    "Twilio's log is asked about every open message; resume when none is unknown."
)
_OPEN_CAMPAIGNS = (
    *(CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.WAITING),
    *(CampaignState.PAUSED, CampaignState.STOPPED),
)


def doubt_everything_open(connection: Connection, now: float, reason: str = PUT_BACK) -> int:
    """Nothing of it is sent before Twilio's log and a person have said so; returns how many rows are in doubt."""
    is_open = campaigns.c.state.in_(_OPEN_CAMPAIGNS)
    doubted = doubt_open_rows(connection, is_open, now)
    pause_for(connection, is_open, Reason.RESTORED, reason)
    note_put_back(connection, now)
    return doubted


def doubt_open_rows(connection: Connection, chosen: ColumnElement[bool], now: float) -> int:
    """Put the open rows of the campaigns of `chosen` in doubt; returns how many there are."""
    theirs = rows.c.campaign_id.in_(select(campaigns.c.id).where(chosen))
    is_open = rows.c.state.in_([state.value for state in OPEN_ROWS])
    count = connection.execute(select(func.count()).select_from(rows).where(theirs, is_open)).scalar_one()
    created = select(campaigns.c.created_at).where(campaigns.c.id == rows.c.campaign_id).scalar_subquery()
    doubt_rows(connection, theirs, created, now)
    return int(count)


def campaigns_put_back(connection: Connection) -> int:
    """How many campaigns wait for a person because of it."""
    waiting = (campaigns.c.state == CampaignState.PAUSED) & (campaigns.c.reason_code == Reason.RESTORED)
    return int(connection.execute(select(func.count()).select_from(campaigns).where(waiting)).scalar_one())

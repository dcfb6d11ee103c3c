"""Was this sent before, and who got something from us lately? Keyed on content and numbers, never on file names."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from mms.ledger.tables import campaigns, rows
from mms.states import CampaignKind, CampaignState, RowState

RECENT_DAYS = 1.0
_DAY = 86_400.0
_MAY_HAVE_GONE_OUT = (
    RowState.SENDING,
    RowState.UNKNOWN,
    RowState.ACCEPTED,
    RowState.SENT,
    RowState.DELIVERED,
    RowState.UNDELIVERED,
)


@dataclass(frozen=True, slots=True)
class EarlierCampaign:
    """A campaign with the same recipients and the same content."""

    id: int
    name: str
    state: CampaignState
    created_at: float


def same_campaigns(connection: Connection, content_hash: str, mode: str) -> list[EarlierCampaign]:
    """Campaigns of this very list and content that sent something or still will, newest first."""
    went_out = (
        select(rows.c.id)
        .where(rows.c.campaign_id == campaigns.c.id, rows.c.state.in_((*_MAY_HAVE_GONE_OUT, RowState.READY)))
        .exists()
    )
    query = (
        select(campaigns.c.id, campaigns.c.name, campaigns.c.state, campaigns.c.created_at)
        .where(
            campaigns.c.content_hash == content_hash,
            campaigns.c.mode == mode,
            campaigns.c.state != CampaignState.DRAFT,
            went_out,
        )
        .order_by(campaigns.c.id.desc())
    )
    return [EarlierCampaign(i, name, CampaignState(state), at) for i, name, state, at in connection.execute(query)]


def recently_messaged(connection: Connection, mode: str, *, now: float, days: float = RECENT_DAYS) -> frozenset[str]:
    """Everyone whom a campaign messaged (or may have) in the last `days`; tests and API messages do not count."""
    since = now - days * _DAY
    recent = (
        select(campaigns.c.id)
        .where(
            campaigns.c.mode == mode,
            campaigns.c.kind == CampaignKind.CAMPAIGN,
            or_(campaigns.c.finished_at.is_(None), campaigns.c.finished_at >= since),
        )
        .scalar_subquery()
    )
    query = select(rows.c.recipient).where(
        rows.c.campaign_id.in_(recent),
        rows.c.state.in_(_MAY_HAVE_GONE_OUT),
        or_(rows.c.sent_at >= since, rows.c.claimed_at >= since),
    )
    return frozenset(number for number in connection.execute(query).scalars() if number)

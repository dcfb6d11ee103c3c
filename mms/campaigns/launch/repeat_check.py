"""Was this sent before, and who got something from us lately? Keyed on content and numbers, never on file names."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from mms.errors import CampaignError
from mms.ledger.tables import campaigns, rows
from mms.states import CampaignKind, CampaignState, RowState

RECENT_DAYS = 1.0
_DAY = 86_400.0
_SENDING_NOW = (CampaignState.RUNNING, CampaignState.WAITING)
MAY_HAVE_GONE_OUT = (
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


def already_sent(first: EarlierCampaign) -> CampaignError:
    """The refusal to send the same once more to people who get it with `first`."""
    return CampaignError(
        f"These people get this very message with campaign {first.id} ({first.state}) already, so nothing was "
        f"sent. Look at campaign {first.id}; to send it a second time, say so and launch again.",
        code="already_sent",
    )


def same_campaigns(connection: Connection, content_hash: str, mode: str) -> list[EarlierCampaign]:
    """Campaigns of this very list and content that sent something or still will, newest first."""
    went_out = (
        select(rows.c.id)
        .where(rows.c.campaign_id == campaigns.c.id, rows.c.state.in_((*MAY_HAVE_GONE_OUT, RowState.READY)))
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
    found = connection.execute(messaged_lately(mode, now=now, days=days)).scalars()
    return frozenset(number for number in found if number)


def messaged_lately(mode: str, *, now: float, days: float) -> Select[Any]:
    """The numbers of `recently_messaged`, as a query."""
    since = now - days * _DAY
    recent = select(campaigns.c.id).where(
        *_ordinary(mode), or_(campaigns.c.finished_at.is_(None), campaigns.c.finished_at >= since)
    )
    return select(rows.c.recipient).where(
        rows.c.campaign_id.in_(recent.scalar_subquery()),
        rows.c.state.in_(MAY_HAVE_GONE_OUT),
        or_(rows.c.sent_at >= since, rows.c.claimed_at >= since),
        rows.c.recipient.is_not(None),
    )


def messaged_next(mode: str) -> Select[Any]:
    """Numbers whom a campaign that is sending now is about to message."""
    sending = select(campaigns.c.id).where(*_ordinary(mode), campaigns.c.state.in_(_SENDING_NOW))
    theirs = rows.c.campaign_id.in_(sending.scalar_subquery())
    return select(rows.c.recipient).where(theirs, rows.c.state == RowState.READY, rows.c.recipient.is_not(None))


def _ordinary(mode: str) -> tuple[ColumnElement[bool], ...]:
    return campaigns.c.mode == mode, campaigns.c.kind == CampaignKind.CAMPAIGN

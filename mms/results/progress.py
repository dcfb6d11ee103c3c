"""How far a campaign is, how fast it goes, when it will be done, and what it waits for."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mms.ledger.tables import attempts, campaigns
from mms.results.overview import campaign_counts
from mms.states import CampaignState, RowState
from mms.words import CAMPAIGN_WORDS

_LOOK_BACK = 60.0  # seconds; shorter would make the figure jump
_OFFERED = ("accepted", "refused", "no_answer")


@dataclass(frozen=True, slots=True)
class Progress:
    """`rate` in messages a second over the last minute; `eta` in seconds since 1970, None when it cannot be told."""

    done: int
    total: int
    rate: float
    eta: float | None
    waits_for: str  # empty while messages go out
    waits_until: float | None


def rate_and_eta(connection: Connection, campaign_id: int, now: float) -> Progress:
    """Progress by the ledger's clock. Rows behind quiet hours count as not done."""
    counts = campaign_counts(connection, campaign_id)
    query = select(
        campaigns.c.state, campaigns.c.reason, campaigns.c.started_at, campaigns.c.start_at, campaigns.c.next_look_at
    )
    found = connection.execute(query.where(campaigns.c.id == campaign_id)).one()
    state = CampaignState(found.state)
    total = sum(counts.values())
    left = counts[RowState.READY] + counts[RowState.SENDING]
    rate = _rate(connection, campaign_id, found.started_at, now) if state is CampaignState.RUNNING else 0.0
    waits = state is not CampaignState.RUNNING and left > 0
    return Progress(
        done=total - left,
        total=total,
        rate=rate,
        eta=now + left / rate if rate and left else None,
        waits_for=(found.reason or CAMPAIGN_WORDS[state].meaning) if waits else "",
        waits_until=_until(state, found.start_at, found.next_look_at) if waits else None,
    )


def _rate(connection: Connection, campaign_id: int, started_at: float | None, now: float) -> float:
    since = max(now - _LOOK_BACK, started_at or 0.0)
    query = select(func.count(), func.min(attempts.c.at)).where(
        attempts.c.campaign_id == campaign_id, attempts.c.at > since, attempts.c.event.in_(_OFFERED)
    )
    count, first = connection.execute(query).one()
    return count / max(now - first, 1.0) if count else 0.0


def _until(state: CampaignState, start_at: float | None, next_look_at: float | None) -> float | None:
    return {CampaignState.SCHEDULED: start_at, CampaignState.WAITING: next_look_at}.get(state)

"""How far a campaign is, how fast it goes, when it will be done, and what it waits for."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mms.ledger.tables import attempts, audit, campaigns, rows, senders
from mms.receipts.schedule import HORIZON
from mms.reports.campaign.overview import campaign_counts
from mms.states import OPEN_ROWS, CampaignState, RowState
from mms.words import CAMPAIGN_WORDS

_LOOK_BACK = 60.0  # seconds; shorter would make the figure jump
_OFFERED = ("accepted", "refused", "no_answer")
_TROUBLES = ("busy", "not_connected", "no_answer")
_LATEST = 5  # answers from which one sees how things stand: a single one may be chance
_STALE = 300.0  # seconds; trouble that lasts longer stops the campaign

NOBODY_SENDS = "The process that sends is being started."
SLOW_DOWN = "Twilio asks us to slow down. It goes on by itself, and nothing is lost."
NOT_REACHED = "Twilio cannot be reached. It is tried again by itself, and nothing is lost."
NO_ANSWERS = "Twilio does not answer. We go slower, and its log is asked what became of these messages."


@dataclass(frozen=True, slots=True)
class Progress:
    """`rate` in messages a second over the last minute; `eta` in seconds since 1970, None when it cannot be told."""

    done: int
    total: int
    rate: float
    eta: float | None
    waits_for: str  # empty while messages go out
    waits_until: float | None
    hindered_by: str  # what keeps a running campaign from going on as it should; empty when nothing does


def rate_and_eta(connection: Connection, campaign_id: int, now: float) -> Progress:
    """Progress by the ledger's clock. Rows behind quiet hours count as not done."""
    counts = campaign_counts(connection, campaign_id)
    query = select(
        campaigns.c.state,
        campaigns.c.reason,
        campaigns.c.started_at,
        campaigns.c.start_at,
        campaigns.c.next_look_at,
        senders.c.held_until,
    ).join(senders, senders.c.id == campaigns.c.sender_id)
    found = connection.execute(query.where(campaigns.c.id == campaign_id)).one()
    state = CampaignState(found.state)
    total = sum(counts.values())
    left = counts[RowState.READY] + counts[RowState.SENDING]
    runs = state is CampaignState.RUNNING
    rate = _rate(connection, campaign_id, found.started_at, now) if runs else 0.0
    waits = not runs and left > 0
    hindered = runs and left > 0
    return Progress(
        done=total - left,
        total=total,
        rate=rate,
        eta=now + left / rate if rate and left else None,
        waits_for=(found.reason or CAMPAIGN_WORDS[state].meaning) if waits else "",
        waits_until=_until(state, found.start_at, found.next_look_at) if waits else None,
        hindered_by=_hindrance(connection, campaign_id, found.held_until, now) if hindered else "",
    )


def results_complete(connection: Connection, campaign_id: int, now: float) -> tuple[float | None, int]:
    """When the last result came (seconds since 1970), and about how many messages no last word has come.

    Sent messages are not among these once 72 hours have passed: many carriers never give a receipt.
    """
    query = select(rows.c.state, func.count(), func.max(rows.c.updated_at), func.max(rows.c.sent_at))
    found = connection.execute(query.where(rows.c.campaign_id == campaign_id).group_by(rows.c.state)).all()
    last = max((at for _state, _count, at, _sent in found), default=None)
    newest = max((sent for *_, sent in found if sent), default=0.0)
    waits = set(OPEN_ROWS) | {RowState.ACCEPTED}
    if now < newest + HORIZON:
        waits.add(RowState.SENT)
    return last, sum(count for state, count, _at, _sent in found if state in waits)


def _rate(connection: Connection, campaign_id: int, started_at: float | None, now: float) -> float:
    since = max(now - _LOOK_BACK, started_at or 0.0, _resumed_at(connection, campaign_id, now) or 0.0)
    query = select(func.count(), func.min(attempts.c.at)).where(
        attempts.c.campaign_id == campaign_id, attempts.c.at > since, attempts.c.event.in_(_OFFERED)
    )
    count, first = connection.execute(query).one()
    return count / max(now - first, 1.0) if count else 0.0


def _resumed_at(connection: Connection, campaign_id: int, now: float) -> float | None:
    """When a person let it go on, if lately: the pause before is not how fast it goes."""
    query = select(func.max(audit.c.at)).where(
        audit.c.at > now - _LOOK_BACK, audit.c.action == "campaign.resume", audit.c.subject == str(campaign_id)
    )
    found: float | None = connection.execute(query).scalar_one()
    return found


def _hindrance(connection: Connection, campaign_id: int, held_until: float, now: float) -> str:
    if held_until <= now:  # no worker holds this sender's lease
        return NOBODY_SENDS
    query = (
        select(attempts.c.event)
        .where(
            attempts.c.campaign_id == campaign_id,
            attempts.c.at > now - _STALE,
            attempts.c.event.in_((*_OFFERED, *_TROUBLES)),
        )
        .order_by(attempts.c.at.desc(), attempts.c.id.desc())
        .limit(_LATEST)
    )
    latest = connection.execute(query).scalars().all()
    if "busy" in latest:
        return SLOW_DOWN
    if latest and latest[0] == "not_connected":
        return NOT_REACHED
    silent = len(latest) == _LATEST and set(latest) <= set(_TROUBLES)
    return NO_ANSWERS if silent else ""


def _until(state: CampaignState, start_at: float | None, next_look_at: float | None) -> float | None:
    return {CampaignState.SCHEDULED: start_at, CampaignState.WAITING: next_look_at}.get(state)

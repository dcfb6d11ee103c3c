"""What is to be told: each end, stop or wait of a campaign once, noted in the ledger before anybody hears of it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, literal, or_, select, update

from mms.ledger.options import option, set_option
from mms.ledger.tables import campaigns, notices
from mms.states import CampaignKind, CampaignState, Reason

SINCE = "notices_since"
_WAITS_FOR_A_PERSON = (
    *(Reason.CANARY, Reason.CANARY_FAILED, Reason.TEST_UNDECIDED),
    *(Reason.MISSED_START, Reason.UNKNOWN_ROWS, Reason.MEDIA),
)
_ENDED, _STOPPED, _WAITS = "ended", "stopped", "waits"
_FIRST_PAUSE, _LONGEST_PAUSE = 10.0, 3600.0  # seconds between tries
GIVE_UP_AFTER = 12  # tries, some seven hours


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell, with what the sentence needs."""

    id: int
    campaign_id: int
    name: str
    kind: str
    reason: str | None
    tries: int


def note_what_is_new(connection: Connection, now: float, mode: str) -> None:
    """Write down what happened since the last look. What was over before notices were set up is not told."""
    since = option(connection, SINCE, None)
    if since is None:
        set_option(connection, SINCE, now, at=now, by="notices")
        since = now
    for kind, which in _KINDS.items():
        known = exists().where(
            notices.c.campaign_id == campaigns.c.id, notices.c.kind == kind, notices.c.about == _about(kind)
        )
        found = select(campaigns.c.id, literal(kind), _about(kind), literal(now), literal(now), literal(0)).where(
            which, campaigns.c.kind == CampaignKind.CAMPAIGN, campaigns.c.mode == mode, ~known
        )
        found = found.where(campaigns.c.created_at >= since - 30 * 86_400, _happened_after(kind, float(since)))
        names = ["campaign_id", "kind", "about", "created_at", "next_at", "tries"]
        connection.execute(insert(notices).from_select(names, found))


def due_notices(connection: Connection, now: float, mode: str, *, limit: int = 20) -> list[Notice]:
    """What has not been told yet, the oldest first."""
    query = (
        select(notices.c.id, campaigns.c.id, campaigns.c.name, notices.c.kind, campaigns.c.reason, notices.c.tries)
        .join(campaigns, campaigns.c.id == notices.c.campaign_id)
        .where(notices.c.told_at.is_(None), notices.c.next_at <= now, notices.c.tries < GIVE_UP_AFTER)
        .where(campaigns.c.mode == mode)
        .order_by(notices.c.id)
        .limit(limit)
    )
    return [Notice(*one) for one in connection.execute(query)]


def note_told(connection: Connection, notice: Notice, now: float) -> None:
    """It was told."""
    connection.execute(update(notices).where(notices.c.id == notice.id).values(told_at=now, tries=notice.tries + 1))


def note_failure(connection: Connection, notice: Notice, now: float) -> None:
    """Nobody took it: again later, ever more slowly."""
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**notice.tries)
    values = {"tries": notice.tries + 1, "next_at": now + pause}
    connection.execute(update(notices).where(notices.c.id == notice.id).values(**values))


def _about(kind: str) -> ColumnElement[str]:
    """What tells two notices of one kind apart: a campaign may wait for two reasons, one after the other."""
    return func.coalesce(campaigns.c.reason_code, "") if kind == _WAITS else literal("")


def _happened_after(kind: str, since: float) -> ColumnElement[bool]:
    return campaigns.c.finished_at >= since if kind == _ENDED else literal(True)


_KINDS: dict[str, ColumnElement[bool]] = {
    _ENDED: campaigns.c.state == CampaignState.FINISHED,
    _STOPPED: campaigns.c.state == CampaignState.STOPPED,
    _WAITS: and_(
        or_(campaigns.c.state == CampaignState.PAUSED, campaigns.c.state == CampaignState.RUNNING),
        campaigns.c.reason_code.in_(_WAITS_FOR_A_PERSON),
    ),
}

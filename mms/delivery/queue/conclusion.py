"""What a campaign is when nothing of it can be claimed right now: finished, waiting, settling, or a person's turn."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, select, text

from mms.delivery.queue.predicates import is_to_be_settled
from mms.delivery.queue.sender_queue import LiveCampaign, start
from mms.ledger.campaign_states import explain_campaign, move_campaign
from mms.ledger.tables import rows
from mms.recipients.sentences import counted
from mms.states import AttemptEvent, CampaignState, Reason, RowState

UNSETTLED = AttemptEvent.UNSETTLED  # row reason: Twilio's log could not tell, so a person decides

_OPEN = text("""
SELECT state, count(*) AS rows_open,
  sum(CASE WHEN state = 'ready' AND not_before > :now THEN 1 ELSE 0 END) AS later,
  min(CASE WHEN state = 'ready' AND not_before > :now THEN not_before END) AS opens_at,
  sum(CASE WHEN reason = 'unsettled' THEN 1 ELSE 0 END) AS unsettled
FROM mms_rows WHERE campaign_id = :campaign AND state IN ('ready', 'sending', 'unknown') GROUP BY state
""")
_SETTLING = "Waits for Twilio's log to tell what became of messages without an answer."
_HELD = "Some people have an earlier message of which nobody knows whether it went out. Decide about that one first."


@dataclass(frozen=True, slots=True)
class OpenRows:
    """How many rows of a campaign are still open, and why."""

    ready: int = 0
    later: int = 0  # of `ready`: quiet hours, not yet
    opens_at: float | None = None
    sending: int = 0
    unknown: int = 0
    unsettled: int = 0  # of `unknown`: left to a person


def for_a_person(count: int) -> str:
    """What a campaign says that waits for decisions about so many rows; in the words of the buttons."""
    return counted(
        "It is not known whether {:,} [message|messages] went out. "
        "Say of [it|each]: it went out, send it again, or leave it.",
        count,
    ).format(count)


def open_rows(connection: Connection, campaign_id: int, now: float) -> OpenRows:
    """Count what is open; the cost grows with the open rows only."""
    found = {row.state: row for row in connection.execute(_OPEN, {"campaign": campaign_id, "now": now})}
    ready, unknown, sending = found.get("ready"), found.get("unknown"), found.get("sending")
    return OpenRows(
        ready=ready.rows_open if ready else 0,
        later=ready.later if ready else 0,
        opens_at=ready.opens_at if ready else None,
        sending=sending.rows_open if sending else 0,
        unknown=unknown.rows_open if unknown else 0,
        unsettled=unknown.unsettled if unknown else 0,
    )


def conclude(connection: Connection, campaign: LiveCampaign, now: float) -> None:
    """Give the campaign the state that its open rows call for. Call when a look found nothing to claim."""
    left = open_rows(connection, campaign.id, now)
    if left.sending:
        return
    if campaign.state is CampaignState.SCHEDULED:
        start(connection, campaign, now)  # it had its turn, even if nothing was left to send
    if not left.ready and not left.unknown:
        move_campaign(connection, campaign.id, CampaignState.FINISHED, finished_at=now, next_look_at=None)
    elif left.later and left.later == left.ready:
        _wait(connection, campaign, left)
    elif left.unknown > left.unsettled or _held_by_the_settling(connection, campaign.id):
        explain_campaign(connection, campaign.id, Reason.SETTLING, _SETTLING)
    elif left.later:
        _wait(connection, campaign, left)
    else:
        reason = for_a_person(left.unknown) if left.unknown else _HELD
        move_campaign(connection, campaign.id, CampaignState.STOPPED, code=Reason.UNKNOWN_ROWS, reason=reason)


def _wait(connection: Connection, campaign: LiveCampaign, left: OpenRows) -> None:
    if campaign.state is CampaignState.WAITING:
        return
    reason = counted("[One person is|{:,} people are] in their quiet hours.", left.later).format(left.later)
    move_campaign(
        connection,
        campaign.id,
        CampaignState.WAITING,
        code=Reason.QUIET_HOURS,
        reason=reason,
        next_look_at=left.opens_at,
    )


def _held_by_the_settling(connection: Connection, campaign_id: int) -> bool:
    earlier = rows.alias()
    same_person = and_(earlier.c.recipient == rows.c.recipient, earlier.c.id != rows.c.id, is_to_be_settled(earlier))
    held = select(1).where(
        rows.c.campaign_id == campaign_id, rows.c.state == RowState.READY, exists().where(same_person)
    )
    return connection.execute(held).first() is not None

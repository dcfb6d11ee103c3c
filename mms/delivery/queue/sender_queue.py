"""Whose turn it is on a sender: single messages first, then campaigns in the order of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select, text

from mms.ledger.campaign_states import explain_campaign, move_campaign
from mms.ledger.tables import campaigns, senders
from mms.send_options import SendOptions
from mms.states import CampaignKind, CampaignState, Reason, Want

IN_QUEUE = "Waits for its turn."
FOR_PICTURES = "Its pictures are looked at once more before it starts."
MISSED_AFTER = 3600.0  # seconds; a start missed by more asks instead of firing (issue 5)

_LIVE = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.WAITING)
_COLUMNS = (
    campaigns.c.id,
    campaigns.c.kind,
    campaigns.c.state,
    campaigns.c.reason_code,
    campaigns.c.start_at,
    campaigns.c.next_look_at,
    campaigns.c.created_at,
    campaigns.c.started_at,
    campaigns.c.canary_at,
    campaigns.c.not_after,
    campaigns.c.options,
)

# What the sweep looks for and what a run must not leave behind is the same question, so they cannot disagree.
_HAS_WORK = """
SELECT sender_id FROM mms_campaigns WHERE want = 'run' AND (state = 'running'
  OR (state = 'waiting' AND (next_look_at IS NULL OR next_look_at <= :now))
  OR (state = 'scheduled' AND (reason_code = 'queued'
    OR (start_at IS NULL AND (reason_code IS NULL OR reason_code <> 'pictures')))))
UNION
SELECT c.sender_id FROM mms_rows r JOIN mms_campaigns c ON c.id = r.campaign_id
  WHERE r.state IN ('sending', 'unknown') AND (r.reason IS NULL OR r.reason <> 'unsettled')
"""
_WORK_OF_SENDER = text(f"SELECT 1 FROM ({_HAS_WORK}) AS work WHERE sender_id = :sender")  # noqa: S608 - constant
_SENDERS_WITH_WORK = text(
    f"SELECT s.id FROM ({_HAS_WORK}) AS work JOIN mms_senders s ON s.id = work.sender_id"  # noqa: S608 - constant
    " WHERE s.account_sid = :account ORDER BY s.id"
)


@dataclass(frozen=True, slots=True)
class LiveCampaign:
    """A campaign that a person wants sent, as it stands now."""

    id: int
    kind: str
    state: CampaignState
    reason_code: str | None
    start_at: float | None
    next_look_at: float | None
    created_at: float
    started_at: float | None
    canary_at: float | None
    not_after: float | None
    options: SendOptions

    @property
    def is_express(self) -> bool:
        """A single message (test, API): goes before the rows of campaigns."""
        return self.kind != CampaignKind.CAMPAIGN

    def may_run(self, now: float) -> bool:
        """Whether its time has come, as far as it knows."""
        if self.state is CampaignState.SCHEDULED:
            return self.reason_code == Reason.QUEUED or (self.start_at is None and self.reason_code != Reason.PICTURES)
        return self.state is CampaignState.RUNNING or (self.next_look_at or 0.0) <= now


def live_campaigns(connection: Connection, sender_id: int) -> list[LiveCampaign]:
    """The sender's campaigns that are wanted and not over, in the order in which they may send."""
    query = (
        select(*_COLUMNS)
        .where(campaigns.c.sender_id == sender_id, campaigns.c.state.in_(_LIVE), campaigns.c.want == Want.RUN)
        .order_by(campaigns.c.kind == CampaignKind.CAMPAIGN, campaigns.c.queue_position, campaigns.c.id)
    )
    return [_live(found._asdict()) for found in connection.execute(query)]


def _live(values: dict[str, Any]) -> LiveCampaign:
    values["state"] = CampaignState(values["state"])
    values["options"] = SendOptions.from_json(values["options"])
    return LiveCampaign(**values)


def has_work(connection: Connection, sender_id: int, now: float) -> bool:
    """Whether anything of this sender is to be sent or settled now."""
    return connection.execute(_WORK_OF_SENDER, {"sender": sender_id, "now": now}).first() is not None


def senders_with_work(connection: Connection, account_sid: str, now: float) -> Sequence[int]:
    """The senders of this account for which `has_work` holds."""
    return connection.execute(_SENDERS_WITH_WORK, {"account": account_sid, "now": now}).scalars().all()


def take_turn(connection: Connection, current: LiveCampaign, wanted: Sequence[LiveCampaign], now: float) -> None:
    """Make `current` the one that sends; ordinary campaigns behind it that ran meanwhile go back into the queue.

    `wanted` is the sender's whole queue in order. Campaigns before `current` have nothing to send for the moment.
    """
    if not current.is_express:
        for other in wanted[wanted.index(current) + 1 :]:
            if other.state is CampaignState.RUNNING:
                queue_again(connection, other)
    start(connection, current, now)


def start(connection: Connection, campaign: LiveCampaign, now: float) -> None:
    """From the queue, or from quiet hours, to sending."""
    if campaign.state is CampaignState.RUNNING:
        explain_campaign(connection, campaign.id, None, None)
    else:
        started = campaign.started_at or now
        move_campaign(connection, campaign.id, CampaignState.RUNNING, started_at=started, next_look_at=None)


def queue_again(connection: Connection, campaign: LiveCampaign) -> None:
    """Put a running campaign back into the queue: one before it can go on."""
    if campaign.reason_code != Reason.SETTLING:
        move_campaign(connection, campaign.id, CampaignState.SCHEDULED, code=Reason.QUEUED, reason=IN_QUEUE)


def due_campaigns(connection: Connection, account_sid: str, now: float) -> None:
    """Scheduled campaigns whose time has come join the queue; one whose time is long past asks a person first."""
    query = (
        select(campaigns.c.id, campaigns.c.start_at, campaigns.c.options)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .where(
            campaigns.c.state == CampaignState.SCHEDULED,
            campaigns.c.want == Want.RUN,
            campaigns.c.start_at <= now,
            senders.c.account_sid == account_sid,
            or_(campaigns.c.reason_code.is_(None), campaigns.c.reason_code.not_in((Reason.QUEUED, Reason.PICTURES))),
        )
    )
    for found in connection.execute(query).all():
        if now - found.start_at > MISSED_AFTER:
            reason = "Nothing was running when this campaign should have started. Resume it to send it now."
            move_campaign(connection, found.id, CampaignState.PAUSED, code=Reason.MISSED_START, reason=reason)
        elif SendOptions.from_json(found.options).media_checked:
            explain_campaign(connection, found.id, Reason.QUEUED, IN_QUEUE)
        else:
            explain_campaign(connection, found.id, Reason.PICTURES, FOR_PICTURES)

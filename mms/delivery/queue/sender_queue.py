"""Whose turn it is on a sender: single messages first, then campaigns in the order of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Row, Select, bindparam, select, union

from mms.delivery.queue.predicates import is_due, is_to_be_settled, is_wanted, may_send_now
from mms.ledger.campaign_states import explain_campaign, move_campaign
from mms.ledger.tables import campaigns, rows, senders
from mms.send_options import SendOptions
from mms.states import CampaignKind, CampaignState, Reason

IN_QUEUE = "Waits for its turn."
FOR_PICTURES = "Its pictures are looked at once more before it starts."
MISSED_AFTER = 3600.0  # seconds; a start missed by more asks instead of firing (issue 5)

_NOW = bindparam("now", type_=campaigns.c.start_at.type)
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
    campaigns.c.winner,
    campaigns.c.versions.is_not(None).label("has_versions"),
    campaigns.c.not_after,
    campaigns.c.options,
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
    winner: str | None
    has_versions: bool
    not_after: float | None
    options: SendOptions
    may_send: bool  # its time has come, as far as it knows

    @property
    def is_tried(self) -> bool:
        """Its versions are with some people first; the rest waits until one is chosen."""
        return self.has_versions and self.winner is None

    @property
    def is_express(self) -> bool:
        """A single message (test, API): goes before the rows of campaigns."""
        return self.kind != CampaignKind.CAMPAIGN


def live_campaigns(connection: Connection, sender_id: int, now: float) -> list[LiveCampaign]:
    """The sender's campaigns that are wanted and not over, in the order in which they may send."""
    found = connection.execute(_live_query(), {"sender": sender_id, "now": now})
    return [_live(one._asdict()) for one in found]


@cache  # a run asks four times a second, and building the query takes longer than its answer
def _live_query() -> Select[Any]:
    return (
        select(*_COLUMNS, may_send_now(_NOW).label("may_send"))
        .where(campaigns.c.sender_id == bindparam("sender"), is_wanted())
        .order_by(campaigns.c.kind == CampaignKind.CAMPAIGN, campaigns.c.queue_position, campaigns.c.id)
    )


def _live(values: dict[str, Any]) -> LiveCampaign:
    values["state"] = CampaignState(values["state"])
    values["may_send"] = bool(values["may_send"])
    values["has_versions"] = bool(values["has_versions"])
    values["options"] = SendOptions.from_json(values["options"])
    return LiveCampaign(**values)


def has_work(connection: Connection, sender_id: int, now: float) -> bool:
    """Whether anything of this sender is to be sent or settled now."""
    return connection.execute(_has_work_query(), {"sender": sender_id, "now": now}).first() is not None


@cache
def _has_work_query() -> Select[Any]:
    work = _work().subquery()
    return select(1).where(work.c.sender_id == bindparam("sender"))


def senders_with_work(connection: Connection, account_sid: str, now: float) -> Sequence[int]:
    """The senders of this account for which `has_work` holds."""
    return connection.execute(_with_work_query(), {"account": account_sid, "now": now}).scalars().all()


@cache
def _with_work_query() -> Select[Any]:
    work = _work().subquery()
    query = select(senders.c.id).join(work, work.c.sender_id == senders.c.id)
    return query.where(senders.c.account_sid == bindparam("account")).order_by(senders.c.id)


def due_campaigns(connection: Connection, account_sid: str, now: float) -> Sequence[Row[int, float, dict[str, Any]]]:
    """Number, start and options of the account's campaigns whose start time has come and that are not queued yet."""
    return connection.execute(_due_query(), {"account": account_sid, "now": now}).all()


@cache
def _due_query() -> Select[int, float, dict[str, Any]]:
    return (
        select(campaigns.c.id, campaigns.c.start_at, campaigns.c.options)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .where(is_due(_NOW), senders.c.account_sid == bindparam("account"))
    )


def _work() -> CompoundSelect[Any]:
    """What the sweep looks for and what a run must not leave behind is the same question."""
    asked_about = select(campaigns.c.sender_id).join(rows, rows.c.campaign_id == campaigns.c.id)
    return union(select(campaigns.c.sender_id).where(may_send_now(_NOW)), asked_about.where(is_to_be_settled()))


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


def queue_due(connection: Connection, account_sid: str, now: float) -> None:
    """Scheduled campaigns whose time has come join the queue; one whose time is long past asks a person first."""
    for found in due_campaigns(connection, account_sid, now):
        if now - found.start_at > MISSED_AFTER:
            reason = "Nothing was running when this campaign should have started. Resume it to send it now."
            move_campaign(connection, found.id, CampaignState.PAUSED, code=Reason.MISSED_START, reason=reason)
        elif SendOptions.from_json(found.options).media_checked:
            explain_campaign(connection, found.id, Reason.QUEUED, IN_QUEUE)
        else:
            explain_campaign(connection, found.id, Reason.PICTURES, FOR_PICTURES)

"""The figures by which campaigns are compared, for one or many at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, func, select

from mms.ledger.opt_outs import REPLY
from mms.ledger.replies_asked import last_asked
from mms.ledger.tables import opt_out_events, replies, rows
from mms.reports.campaign.failures import failures_by_family
from mms.reports.comparison.campaign_list import CampaignFilter, CampaignView, campaigns_by_id, matching_ids
from mms.reports.cost.campaign_cost import charged
from mms.reports.counts import Counts, Part
from mms.states import RowState
from mms.twilio_codes import Family


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds from Twilio's yes to the delivery receipt."""

    median: float
    p95: float  # 95 of 100 were faster


@dataclass(frozen=True, slots=True)
class Figures:
    """One campaign in figures, from one reading."""

    campaign: CampaignView
    counts: Counts
    families: Counter[Family]  # of failures
    opt_outs: int | None  # people who answered STOP to it; None where replies cannot be heard
    cost: Decimal  # what Twilio has charged so far
    to_deliver: Durations | None  # of messages with a delivery receipt; None where not asked for

    @property
    def filtered(self) -> int:
        """Messages that carriers held back as spam."""
        return self.families[Family.FILTERING]

    @property
    def cost_per_delivered(self) -> Decimal | None:
        """What was charged for each message with a delivery receipt."""
        delivered = self.counts[Part.DELIVERED]
        return self.cost / delivered if delivered else None


def compare(
    connection: Connection, which: Sequence[int] | CampaignFilter, *, hears_replies: bool = False, timed: bool = True
) -> list[Figures]:
    """Figures of these campaigns, or of all that a filter (a date range, tags) finds, newest first.

    `hears_replies` says that answers come in by themselves. Otherwise opt-outs of a campaign are known only when some
    answer has come in since it began, or Twilio was asked for answers since. `timed` False leaves out the times to
    deliver, which have to be sorted.
    """
    ids = matching_ids(connection, which) if isinstance(which, CampaignFilter) else list(which)
    families = failures_by_family(connection, ids)
    gone = _opt_outs(connection, ids)
    costs = charged(connection, ids)
    replied = connection.execute(select(func.max(replies.c.at))).scalar_one()
    heard = max((at for at in (replied, last_asked(connection)) if at is not None), default=None)
    return [
        Figures(
            campaign=one,
            counts=Counts.of(one.counts),
            families=families[one.id],
            opt_outs=gone.get(one.id, 0 if hears_replies or _was_heard(heard, one) else None),
            cost=costs[one.id],
            to_deliver=_to_deliver(connection, one) if timed else None,
        )
        for one in campaigns_by_id(connection, ids)
    ]


def _was_heard(heard: float | None, one: CampaignView) -> bool:
    return heard is not None and heard >= one.sent_on


def _opt_outs(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Only replies: Twilio's 21610 tells of an opt-out that happened before."""
    query = (
        select(opt_out_events.c.campaign_id, func.count(opt_out_events.c.recipient.distinct()))
        .where(
            opt_out_events.c.campaign_id.in_(ids),
            opt_out_events.c.event == "added",
            opt_out_events.c.source == REPLY,
        )
        .group_by(opt_out_events.c.campaign_id)
    )
    return {found[0]: found[1] for found in connection.execute(query)}


def _to_deliver(connection: Connection, one: CampaignView) -> Durations | None:
    """By place among the sorted times: SQLite has no quantiles of its own."""
    took = rows.c.updated_at - rows.c.sent_at
    where = (rows.c.campaign_id == one.id, rows.c.state == RowState.DELIVERED, rows.c.sent_at.is_not(None))
    count = connection.execute(select(func.count()).where(*where)).scalar_one()
    if not count:
        return None
    query = select(took).where(*where).order_by(took).limit(1)
    places = (count - 1) // 2, (95 * count - 1) // 100
    median, p95 = (connection.execute(query.offset(place)).scalar_one() for place in places)
    return Durations(median, p95)

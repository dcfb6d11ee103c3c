"""The figures by which campaigns are compared, for one or many at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, func, select

from mms.ledger.opt_outs import REPLY
from mms.ledger.tables import opt_out_events, rows
from mms.reports.campaign.failures import failures_by_family
from mms.reports.comparison.campaign_list import CampaignFilter, CampaignView, campaigns_by_id, matching_ids
from mms.reports.cost.campaign_cost import charged
from mms.states import RowState
from mms.twilio_codes import Family

_DECIDED = (RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED, RowState.REFUSED)
_SUCCESS_LIKE = (RowState.SENT, RowState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Figures:
    """One campaign in figures. Shares are between 0 and 1, None while nothing is decided."""

    campaign: CampaignView
    decided: int  # Twilio or the carrier has spoken
    arrived: int  # delivered, or sent where the carrier gives no receipt
    families: Counter[Family]  # of failures
    opt_outs: int  # people who answered STOP to it
    cost: Decimal  # what Twilio has charged so far
    seconds_to_deliver: float | None  # median, of messages with a delivery receipt

    @property
    def delivery_rate(self) -> float | None:
        """Share of the decided messages that arrived."""
        return self.arrived / self.decided if self.decided else None

    @property
    def filtering_share(self) -> float | None:
        """Share of the decided messages that carriers filtered as spam."""
        return self.families[Family.FILTERING] / self.decided if self.decided else None

    @property
    def opt_out_share(self) -> float | None:
        """People who opted out, by messages that arrived."""
        return self.opt_outs / self.arrived if self.arrived else None


def compare(connection: Connection, which: Sequence[int] | CampaignFilter) -> list[Figures]:
    """Figures of these campaigns, or of all that a filter (a date range, tags) finds, newest first."""
    ids = matching_ids(connection, which) if isinstance(which, CampaignFilter) else list(which)
    families = failures_by_family(connection, ids)
    gone = _opt_outs(connection, ids)
    costs = charged(connection, ids)
    return [
        Figures(
            campaign=one,
            decided=sum(one.counts.get(state, 0) for state in _DECIDED),
            arrived=sum(one.counts.get(state, 0) for state in _SUCCESS_LIKE),
            families=families[one.id],
            opt_outs=gone.get(one.id, 0),
            cost=costs[one.id],
            seconds_to_deliver=_median_seconds(connection, one),
        )
        for one in campaigns_by_id(connection, ids)
    ]


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


def _median_seconds(connection: Connection, one: CampaignView) -> float | None:
    """The middle one of the sorted times: SQLite has no median of its own."""
    count = one.counts.get(RowState.DELIVERED, 0)
    if not count:
        return None
    took = rows.c.updated_at - rows.c.sent_at
    query = (
        select(took)
        .where(rows.c.campaign_id == one.id, rows.c.state == RowState.DELIVERED, rows.c.sent_at.is_not(None))
        .order_by(took)
        .limit(1)
        .offset((count - 1) // 2)
    )
    return connection.execute(query).scalar_one_or_none()

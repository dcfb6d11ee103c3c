"""A campaign that had begun before this process did: what has Twilio sent for it already?

The ledger may be older than the world: a dump that was put back, a file copied back, a log of writes that was lost.
So before anything new leaves, Twilio's log since the campaign's beginning is read once for that sender, and whoever
is in it with a message that no row owns gets nothing new until it is known whose that is. One page of the log is a
thousand messages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from mms.delivery.queue.sender_queue import LiveCampaign
from mms.delivery.reconciliation.matching import sent_by
from mms.delivery.reconciliation.unknown_rows import owned_among
from mms.ledger.row_states import doubt_rows
from mms.ledger.tables import campaigns, rows
from mms.states import RowState
from mms.twilio_client import ProviderMessage, hidden_part

_FARTHEST = 7 * 86_400.0  # seconds: a campaign that never began by this ledger
_CLOCKS = 600.0  # seconds: the ledger's time of back then is all there is
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Begun:
    """A campaign to look back for, and since when (the ledger's time)."""

    campaign_id: int
    since: float


def begun_before(live: Iterable[LiveCampaign], process_began: float) -> list[Begun]:
    """Those of the campaigns that another process may have sent for."""
    return [
        Begun(one.id, one.started_at or max(one.created_at, process_began - _FARTHEST))
        for one in live
        if one.created_at < process_began and not one.is_express
    ]


def since(begun: Sequence[Begun], ahead: float) -> float:
    """Twilio's time from which on the log is read; `ahead`: seconds of the ledger's clock before Twilio's."""
    return min(one.since for one in begun) - ahead - _CLOCKS


def doubt_what_was_sent(
    connection: Connection, begun: Sequence[Begun], address: str, log: Sequence[ProviderMessage], now: float
) -> int:
    """Put open rows in doubt whose person has a message in the log that no row owns; returns how many people."""
    ours = [message for message in log if sent_by(address, message)]
    owned = owned_among(connection, [message.sid for message in ours])
    people = sorted({message.to for message in ours if message.sid not in owned})
    these = rows.c.campaign_id.in_([one.campaign_id for one in begun]) & (rows.c.state == RowState.READY)
    created = select(campaigns.c.created_at).where(campaigns.c.id == rows.c.campaign_id).scalar_subquery()
    for start in range(0, len(people), _AT_ONCE):
        chunk = people[start : start + _AT_ONCE]
        hidden = [rows.c.recipient.startswith(known) for to in chunk if (known := hidden_part(to))]
        doubt_rows(connection, these & or_(rows.c.recipient.in_(chunk), *hidden), created, now)
    return len(people)

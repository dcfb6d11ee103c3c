"""Test and API messages left to a person: the list of campaigns does not show them, and each keeps a number waiting."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.delivery.queue.conclusion import UNSETTLED
from mms.ledger.tables import campaigns, rows
from mms.states import CampaignKind, CampaignState, RowState

_SHOWN = 20
_WITH_A_LAST_WORD = (CampaignState.STOPPED, CampaignState.CANCELED)  # what such a message can have come to


@dataclass(frozen=True, slots=True)
class Undecided:
    """One message of which nobody knows whether it went out. `at` is in seconds since 1970."""

    campaign_id: int
    kind: str
    recipient: str
    at: float


def undecided_singles(connection: Connection, mode: str) -> list[Undecided]:
    """The oldest first, because people wait longest behind it."""
    query = (
        select(campaigns.c.id, campaigns.c.kind, rows.c.recipient, campaigns.c.created_at)
        .join(rows)
        .where(
            campaigns.c.state.in_(_WITH_A_LAST_WORD),
            campaigns.c.kind != CampaignKind.CAMPAIGN,
            campaigns.c.mode == mode,
            rows.c.state == RowState.UNKNOWN,
            rows.c.reason == UNSETTLED,
        )
    )
    return [Undecided(*found) for found in connection.execute(query.order_by(campaigns.c.id).limit(_SHOWN))]

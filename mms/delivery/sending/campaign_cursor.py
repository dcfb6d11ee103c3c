"""What a run remembers about one campaign between two looks at the ledger. Lost without harm."""

import time
from dataclasses import dataclass, field

from sqlalchemy import Connection

from mms.delivery.queue.sender_queue import LiveCampaign
from mms.delivery.sending.claims import Claim
from mms.delivery.sending.row_renderer import RowRenderer

LOOK_AGAIN = 1.0  # seconds until a campaign without a claimable row is looked at again


@dataclass(slots=True)
class CampaignCursor:
    """One campaign on its way."""

    campaign: LiveCampaign
    renderer: RowRenderer
    cursor: int = 0  # rows up to here were seen in this pass over the list
    first: int | None = None  # row number before the first one offered since the start, for the breaker
    last: int = 0
    in_hand: int = 0  # claimed and not yet recorded
    decided: int = 0  # since the breaker last looked
    _rests_until: float = field(default=0.0)

    @classmethod
    def load(cls, connection: Connection, campaign: LiveCampaign) -> "CampaignCursor":
        """Read the campaign's texts once."""
        return cls(campaign, RowRenderer.of_campaign(connection, campaign.id))

    @property
    def rests(self) -> bool:
        """Whether looking for a claimable row would be in vain for now."""
        return time.monotonic() < self._rests_until

    def rest(self) -> None:
        """Nothing to claim: look again in a while."""
        self._rests_until = time.monotonic() + LOOK_AGAIN

    def wake(self) -> None:
        """Something has changed: rows may be claimable again."""
        self._rests_until = 0.0

    def took(self, claimed: Claim) -> None:
        """Note what a look at the list gave. Behind its end it starts anew: rows may have become ready again."""
        self.cursor = 0 if claimed.reached_end else claimed.last
        self.in_hand += len(claimed.rows)
        if claimed.rows:
            self.first = claimed.first - 1 if self.first is None else self.first
            self.last = max(self.last, claimed.last)

    def recorded(self, *, goes_back: bool) -> None:
        """Note one recorded result."""
        self.in_hand -= 1
        self.decided += 1
        if goes_back or self.in_hand == 0:
            self.wake()

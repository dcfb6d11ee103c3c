"""Campaigns that Twilio has taken."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Column, select, update

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows

ACCOUNT_SID = "AC" + "0" * 32


@dataclass
class SentCampaign:
    """Rows in order of the file, read from the ledger when asked."""

    ledger: Ledger
    id: int
    sids: list[str]

    @property
    def ids(self) -> list[int]:
        return self.column(rows.c.id)

    def states(self) -> list[str]:
        return self.column(rows.c.state)

    def column(self, column: Column[Any]) -> list[Any]:
        query = select(column).where(rows.c.campaign_id == self.id).order_by(rows.c.row_number)
        with self.ledger.read() as connection:
            return list(connection.execute(query).scalars())

    def accept(self, at: int, sid: str, sent_at: float = 1.0) -> None:
        """What the sender writes when Twilio has answered."""
        values = {"state": "accepted", "message_sid": sid, "sent_at": sent_at}
        with self.ledger.write() as connection:
            connection.execute(update(rows).where(rows.c.id == self.ids[at]).values(**values))


@pytest.fixture
def sent_campaign(ledger):
    """Launch `count` rows and give each a SID; `sent_at` counts back from the ledger's clock."""

    def make(count, states=None, *, with_sids=True, sent_at=None, sender="+12025550100", prefix="a"):
        planned = [PlannedRow(n + 2, json.dumps([f"{n}"]), f"+1202555{100 + n:04}") for n in range(count)]
        new = NewCampaign(
            request_key=f"{prefix}-{count}-{sender}",
            name="Sale",
            body="Hello",
            media_urls=(),
            columns=("phone",),
            phone_column="phone",
            sender_address=sender,
            account_sid=ACCOUNT_SID,
            mode="practice",
            content_hash=prefix,
        )
        campaign_id = launch(ledger, new, planned)
        sids = [f"MM{prefix:0>4}{n:028x}" for n in range(count)]
        with ledger.write() as connection:
            now = ledger.now(connection)
            connection.execute(update(campaigns).values(state="finished"))
            ids = connection.execute(
                select(rows.c.id).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)
            ).scalars()
            for place, row_id in enumerate(ids):
                values = {"state": states[place] if states else "accepted", "provider_status": None}
                if with_sids:
                    values["message_sid"] = sids[place]
                    values["sent_at"] = sent_at[place] if sent_at else now
                connection.execute(update(rows).where(rows.c.id == row_id).values(**values))
        return SentCampaign(ledger, campaign_id, sids)

    return make

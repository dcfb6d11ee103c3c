"""Campaigns that have been sent, written straight into the ledger."""

import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger import Ledger
from mms.ledger.tables import attempts, campaigns, rows

MakeCampaign = Callable[..., int]


@pytest.fixture
def make_campaign(ledger: Ledger) -> MakeCampaign:
    """Launch a campaign of `(cells, changes)` rows; `changes` are columns of the ledger's row."""

    def make(
        given: Iterable[tuple[list[str], dict[str, Any]]],
        columns: tuple[str, ...] = ("Mobile", "First Name"),
        **fields: Any,
    ) -> int:
        given = list(given)
        about: dict[str, Any] = {
            "name": "Spring sale",
            "sender_address": "+12025550100",
            "mode": "practice",
            "body": "Hello",
        }
        about |= {"media_urls": (), **{name: value for name, value in fields.items() if name in NewCampaign.__slots__}}
        new = NewCampaign(
            request_key=uuid.uuid4().hex,
            columns=columns,
            phone_column=columns[0],
            account_sid="AC" + "0" * 32,
            **{"content_hash": uuid.uuid4().hex, **about},
        )
        planned = [
            PlannedRow(number, json.dumps(cells, ensure_ascii=False), changes.get("recipient"))
            for number, (cells, changes) in enumerate(given, start=2)
        ]
        campaign_id = launch(ledger, new, planned)
        after = {name: value for name, value in fields.items() if name not in NewCampaign.__slots__}
        with ledger.write() as connection:
            for number, (_cells, changes) in enumerate(given, start=2):
                if changes:
                    where = (rows.c.campaign_id == campaign_id, rows.c.row_number == number)
                    connection.execute(update(rows).where(*where).values(**changes))
            if after:
                connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(**after))
        return campaign_id

    return make


@pytest.fixture
def add_attempts(ledger: Ledger) -> Callable[..., None]:
    """Append events of one row: dictionaries with columns of `mms_attempts`."""

    def add(campaign_id: int, row_number: int, *events: dict[str, Any]) -> None:
        where = (rows.c.campaign_id == campaign_id, rows.c.row_number == row_number)
        with ledger.write() as connection:
            row_id = connection.execute(select(rows.c.id).where(*where)).scalar_one()
            for event in events:
                connection.execute(insert(attempts).values(row_id=row_id, campaign_id=campaign_id, **event))

    return add

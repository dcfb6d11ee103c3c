"""Campaigns in the ledger, made the way the app makes them."""

import json

import pytest

from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger.tables import campaigns, rows
from mms.recipients import read_upload
from mms.roles import LOCAL_ADMIN

PEOPLE = ("+12025550101", "+12025550102", "+12025550103")


@pytest.fixture
def launched(ledger):
    """Launches a campaign to PEOPLE; `state` and `ended_at` are put on it afterwards."""

    def make(key="a", *, state="finished", ended_at=1.0, row_state="delivered"):
        content = "Mobile,Name\n" + "\n".join(f"{number},Ann {at}" for at, number in enumerate(PEOPLE))
        with ledger.write() as connection:
            upload_id = store_upload(
                connection, read_upload(content.encode(), file_name="list.csv"), at=1.0, by=LOCAL_ADMIN
            )
        new = NewCampaign(
            request_key=key,
            name="Sale",
            body="Hello {Name}",
            media_urls=("https://pictures.example/a.jpg",),
            columns=("Mobile", "Name"),
            phone_column="Mobile",
            sender_address="+15005550006",
            account_sid="AC" + "0" * 32,
            mode="practice",
            content_hash=key,
            upload_id=upload_id,
        )
        planned = [
            PlannedRow(at, json.dumps([number, f"Ann {at - 2}"]), number) for at, number in enumerate(PEOPLE, start=2)
        ]
        campaign_id = launch(ledger, new, planned)
        with ledger.write() as connection:
            ended = campaigns.update().where(campaigns.c.id == campaign_id)
            connection.execute(ended.values(state=state, finished_at=ended_at))
            theirs = rows.update().where(rows.c.campaign_id == campaign_id)
            connection.execute(theirs.values(state=row_state))
        return campaign_id

    return make

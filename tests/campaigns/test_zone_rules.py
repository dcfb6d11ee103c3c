"""9:00 stays 9:00 when a country changes its rules for the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.campaigns.zone_rules import follow_zone_rules
from mms.ledger.tables import audit, campaigns
from mms.states import CampaignState

NINE = datetime(2030, 6, 3, 9, 0, tzinfo=ZoneInfo("America/New_York")).timestamp()
HOUR = 3600.0


@pytest.fixture
def scheduled(ledger):
    number = launch(
        ledger,
        NewCampaign(
            request_key="x",
            name="Sale",
            body="Hi",
            media_urls=(),
            columns=("Phone",),
            phone_column="Phone",
            sender_address="+12025550100",
            account_sid="AC" + "0" * 32,
            mode="practice",
            content_hash="x",
            start_at=NINE,
            zone="America/New_York",
            start_local="2030-06-03T09:00",
        ),
        [PlannedRow(2, '["+12025550101"]', "+12025550101")],
    )

    def change(**values):
        with ledger.write() as connection:
            connection.execute(update(campaigns).where(campaigns.c.id == number).values(**values))

    return change


@pytest.mark.parametrize(
    ("stands", "expected"),
    [
        pytest.param({"start_at": NINE}, NINE, id="as it was"),
        pytest.param({"start_at": NINE + HOUR}, NINE, id="the rules have changed since"),
        pytest.param({"start_at": NINE + HOUR, "state": CampaignState.PAUSED.value}, NINE, id="paused"),
        pytest.param({"start_at": NINE + HOUR, "start_local": None}, NINE + HOUR, id="entered as a moment"),
        pytest.param({"start_at": NINE + HOUR, "zone": "Mars/Olympus"}, NINE + HOUR, id="a zone nobody knows"),
        pytest.param({"start_at": NINE + HOUR, "started_at": 1.0}, NINE + HOUR, id="it has begun"),
        pytest.param({"start_at": 1_000.0}, 1_000.0, id="its time has come"),
    ],
)
def test_a_start_keeps_its_local_time(ledger, scheduled, stands, expected):
    scheduled(**stands)
    moved = follow_zone_rules(ledger)
    with ledger.read() as connection:
        assert connection.execute(select(campaigns.c.start_at)).scalar_one() == expected
        told = connection.execute(select(audit.c.action).where(audit.c.action == "campaign.start_moved")).all()
    assert moved == len(told) == (expected != stands["start_at"])

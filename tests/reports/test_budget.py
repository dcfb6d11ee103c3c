"""The month's budget: what counts, what is over it, and who may go over it."""

from decimal import Decimal

import pytest
from sqlalchemy import insert

from mms.campaigns.launch.senders import ensure_sender
from mms.errors import CampaignError
from mms.ledger.tables import campaigns, rows
from mms.reports.cost.budget import monthly_cost, over_budget, require_within
from mms.roles import LOCAL_ADMIN, Role, User

MONTH = 1_767_225_600.0  # 1 January 2026, UTC
SENDER = User("marketing", None, Role.SENDER)


@pytest.fixture
def sent(ledger):
    """A campaign of two messages at 0.02, made at this time."""

    def made(at=MONTH + 60, mode="live"):
        with ledger.write() as connection:
            number = connection.execute(
                insert(campaigns)
                .values(
                    name="One",
                    kind="campaign",
                    mode=mode,
                    state="finished",
                    want="run",
                    sender_id=ensure_sender(connection, "AC1", "+12025550123"),
                    sender_address="+12025550123",
                    body="Hi",
                    media_urls=["https://x.example/a.jpg"],
                    columns=[],
                    options={},
                    row_count=2,
                    tags=[],
                    content_hash="x",
                    created_at=at,
                    queue_position=1.0,
                )
                .returning(campaigns.c.id)
            ).scalar_one()
            for row in (2, 3):
                connection.execute(
                    insert(rows).values(
                        campaign_id=number, row_number=row, cells="[]", state="delivered", price="-0.02", updated_at=at
                    )
                )

    return made


@pytest.mark.parametrize(
    ("made", "charged"),
    [
        pytest.param({}, "0.04", id="this month"),
        pytest.param({"at": MONTH - 1}, "0", id="last month"),
        pytest.param({"mode": "practice"}, "0", id="practice costs nothing"),
    ],
)
def test_what_counts(ledger, sent, made, charged):
    sent(**made)
    with ledger.read() as connection:
        found = monthly_cost(connection, MONTH + 3600)
    assert found.charged == Decimal(charged)
    assert found.expected >= found.charged


@pytest.mark.parametrize(
    ("budget", "forecast", "is_over"),
    [
        pytest.param(None, "1000", False, id="no budget"),
        pytest.param("10", "9", False, id="below"),
        pytest.param("10", "10", True, id="over with what was spent"),
        pytest.param("0", "0.01", True, id="a budget of nothing"),
    ],
)
def test_what_is_over(ledger, sent, budget, forecast, is_over):
    sent()
    with ledger.read() as connection:
        over = over_budget(connection, Decimal(budget) if budget else None, Decimal(forecast), MONTH + 3600)
    assert (over is not None) is is_over


def test_only_an_admin_goes_over_it():
    require_within(None, SENDER)
    require_within(Decimal(5), LOCAL_ADMIN)
    with pytest.raises(CampaignError, match=r"\$5.00 over this month's budget"):
        require_within(Decimal(5), SENDER)

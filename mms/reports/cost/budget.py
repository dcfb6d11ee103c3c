"""The month's budget (`MMS_MONTHLY_BUDGET`): what live campaigns cost since its first day."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from mms.errors import CampaignError
from mms.ledger.tables import campaigns, senders
from mms.reports.cost.campaign_cost import actual_cost
from mms.reports.cost.prices import prices
from mms.roles import Role, User
from mms.states import CampaignState

LIVE = "live"
_OVER = frozenset({CampaignState.CANCELED})  # what never begins any more costs what it has cost


@dataclass(frozen=True, slots=True)
class MonthlyCost:
    """Money since the first of the month (UTC): what Twilio charged, and what all of it will come to at most."""

    charged: Decimal
    expected: Decimal


def monthly_cost(connection: Connection, now: float) -> MonthlyCost:
    """Of every live campaign that was made this month; `now` is seconds since 1970."""
    first = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
    query = (
        select(campaigns.c.id, campaigns.c.state, senders.c.kind)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .where(campaigns.c.mode == LIVE, campaigns.c.created_at >= first)
    )
    in_force = prices(connection)
    total, so_far = Decimal(0), Decimal(0)
    for found in connection.execute(query).all():
        cost = actual_cost(connection, found.id, found.kind, in_force)
        so_far += cost.charged
        total += cost.charged if CampaignState(found.state) in _OVER else cost.expected.high
    return MonthlyCost(so_far, total)


def over_budget(connection: Connection, budget: Decimal | None, forecast: Decimal, now: float) -> Decimal | None:
    """By how much the month would go over its budget with a launch that costs `forecast`; None when it does not."""
    if budget is None:
        return None
    over = monthly_cost(connection, now).expected + forecast - budget
    return over if over > 0 else None


def require_within(over: Decimal | None, by: User) -> None:
    """Above the budget only an admin launches.

    Raises:
        CampaignError: code `over_budget`, with the amount.
    """
    if over is not None and by.role is not Role.ADMIN:
        raise CampaignError(
            f"This would go ${over:,.2f} over this month's budget (MMS_MONTHLY_BUDGET). Ask an admin to send it, "
            "or wait for the next month.",
            code="over_budget",
        )

"""What a campaign will cost, and what it has cost.

Refused messages cost nothing. A message that failed after Twilio took it costs a small fee. A picture message
that the carrier cannot take becomes a text with a link and is charged by segment. Carrier fees come on top and
are not in Twilio's price of a message.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, func, select

from mms.ledger.tables import campaigns, rows
from mms.quiet_hours.area_codes import home_key, home_of
from mms.reports.cost.prices import Prices
from mms.states import RowState

_NOTHING = Decimal(0)
_TAKEN = (RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class CostRange:
    """US dollars. `converted` messages go abroad, where Twilio turns them into texts: a guess, prices differ."""

    low: Decimal
    high: Decimal
    as_of: str
    converted: int = 0


@dataclass(frozen=True, slots=True)
class ActualCost:
    """US dollars. `charged` is the sum of Twilio's prices; `unpriced` messages have none yet."""

    charged: Decimal
    unpriced: int
    failed: int
    expected: CostRange  # of everything, with what is still to come and carrier fees


def destinations(recipients: Iterable[str]) -> Counter[str]:
    """How many numbers are in `US`, `CA` and elsewhere (`other`)."""
    found: Counter[str] = Counter()
    for key, count in Counter(map(home_key, recipients)).items():
        # An area code too new for our tables is far more often American than anything else.
        area = home_of(key).area
        unknown = key.startswith("+1") and not home_of(key).zones
        found["US" if unknown else area.split("-")[0]] += count
    return found


def forecast_cost(
    to: Counter[str], sender_kind: str, prices: Prices, *, has_media: bool = True, segments: int = 1
) -> CostRange:
    """What sending to `destinations` costs; `segments` are those of the text, were it sent as SMS."""
    text = prices.amount("sms_segment") * segments
    if not has_media:
        total = text * to.total()
        return CostRange(total, total, prices.as_of)
    home = prices.mms(sender_kind) * to["US"] + prices.amount("mms_canada") * to["CA"] + text * to["other"]
    pictures = to["US"] + to["CA"]
    return CostRange(
        low=home + prices.amount("carrier_fee_low") * pictures,
        high=home + prices.amount("carrier_fee_high") * pictures,
        as_of=prices.as_of,
        converted=to["other"],
    )


def actual_cost(connection: Connection, campaign_id: int, sender_kind: str, prices: Prices) -> ActualCost:
    """What Twilio has charged so far, and what the whole will come to, by the same prices as the forecast."""
    has_media = bool(connection.execute(select(campaigns.c.media_urls).where(campaigns.c.id == campaign_id)).scalar())
    each = prices.mms(sender_kind) if has_media else prices.amount("sms_segment")
    charge = charged(connection, [campaign_id])[campaign_id]
    query = (
        select(rows.c.state, func.count(), func.count(rows.c.price))
        .where(rows.c.campaign_id == campaign_id)
        .group_by(rows.c.state)
    )
    counted = {RowState(state): (count, priced) for state, count, priced in connection.execute(query)}
    taken = sum(counted.get(state, (0, 0))[0] for state in _TAKEN)
    priced = sum(counted.get(state, (0, 0))[1] for state in _TAKEN)
    failed, failed_priced = counted.get(RowState.FAILED, (0, 0))
    fees = prices.amount("failed_fee") * (failed - failed_priced)
    to_come = each * (taken - priced) + fees
    pictures = taken if has_media else 0
    expected = CostRange(
        low=charge + to_come + prices.amount("carrier_fee_low") * pictures,
        high=charge + to_come + prices.amount("carrier_fee_high") * pictures,
        as_of=prices.as_of,
    )
    return ActualCost(charge, taken - priced, failed, expected)


def charged(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, Decimal]:
    """The sum of Twilio's prices for each campaign, exact: added up as decimals, not as floating point."""
    sums = dict.fromkeys(campaign_ids, _NOTHING)
    query = (
        select(rows.c.campaign_id, rows.c.price, func.count())
        .where(rows.c.campaign_id.in_(campaign_ids), rows.c.price.is_not(None))
        .group_by(rows.c.campaign_id, rows.c.price)
    )
    for campaign_id, price, count in connection.execute(query):
        sums[campaign_id] += _amount(price) * count
    return sums


def _amount(price: str) -> Decimal:
    """Twilio writes a charge as a negative number."""
    try:
        return abs(Decimal(price))
    except InvalidOperation:
        return _NOTHING


def dollars(low: Decimal, high: Decimal) -> str:
    """An amount in US dollars, or from where to where it may lie when that shows in whole cents."""
    least, most = f"${low:,.2f}", f"${high:,.2f}"
    return least if least == most else f"{least} to {most}"

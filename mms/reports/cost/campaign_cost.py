"""What a campaign will cost, and what it has cost.

Refused messages cost nothing. A message that failed after Twilio took it costs a small fee. A picture message
that the carrier cannot take becomes a text with a link and is charged by segment. Carrier fees come on top, for each
picture message or segment of a text, and are not in Twilio's price of a message.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, func, select

from mms.ledger.tables import campaigns, rows
from mms.quiet_hours.area_codes import home_key, home_of
from mms.reports.cost.prices import Prices
from mms.reports.counts import OPEN_PARTS, PARTS
from mms.reports.files.channels import MessageShape
from mms.states import RowState

_NOTHING = Decimal(0)
_SAMPLE = 200  # rows whose text is counted, where it has merge fields
_OPEN = tuple(state for part in OPEN_PARTS for state in PARTS[part].states)
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
    """US dollars. What was charged, what is still to come, and the sum of both with carrier fees."""

    charged: Decimal  # the sum of Twilio's prices
    unpriced: int  # messages that Twilio took and has given no price for yet
    to_come: Decimal  # expected for these, and for rows that are still open
    open: int  # rows that may still be sent
    fees: CostRange  # carriers', for all of them
    expected: CostRange  # in all
    per_delivered: CostRange | None  # in all, for each message with a delivery receipt


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
        total, parts = text * to.total(), segments * to.total()
        return _with_fees(total, parts, prices)
    home = prices.mms(sender_kind) * to["US"] + prices.amount("mms_canada") * to["CA"] + text * to["other"]
    pictures = to["US"] + to["CA"]
    return CostRange(
        low=home + prices.amount("carrier_fee_low") * pictures,
        high=home + prices.amount("carrier_fee_high") * pictures,
        as_of=prices.as_of,
        converted=to["other"],
    )


def actual_cost(connection: Connection, campaign_id: int, sender_kind: str, prices: Prices) -> ActualCost:
    """What Twilio has charged so far, and what the whole list will come to, by the same prices as the forecast."""
    counted = _priced(connection, campaign_id)
    charge = charged(connection, [campaign_id])[campaign_id]
    parts, has_media = _parts_each(connection, campaign_id)
    each = prices.mms(sender_kind) if has_media else prices.amount("sms_segment") * parts
    taken, priced = _sum(counted, _TAKEN)
    still_open, _ = _sum(counted, _OPEN)
    failed, failed_priced = counted.get(RowState.FAILED, (0, 0))
    to_come = each * (taken - priced + still_open) + prices.amount("failed_fee") * (failed - failed_priced)
    fees = _with_fees(_NOTHING, parts * (taken + still_open), prices)
    expected = CostRange(charge + to_come + fees.low, charge + to_come + fees.high, prices.as_of)
    delivered = counted.get(RowState.DELIVERED, (0, 0))[0]
    per = CostRange(expected.low / delivered, expected.high / delivered, prices.as_of) if delivered else None
    return ActualCost(charge, taken - priced, to_come, still_open, fees, expected, per)


def _priced(connection: Connection, campaign_id: int) -> dict[RowState, tuple[int, int]]:
    """Rows by state, and how many of them have a price."""
    query = (
        select(rows.c.state, func.count(), func.count(rows.c.price))
        .where(rows.c.campaign_id == campaign_id)
        .group_by(rows.c.state)
    )
    return {RowState(state): (count, priced) for state, count, priced in connection.execute(query)}


def _sum(counted: dict[RowState, tuple[int, int]], states: Iterable[RowState]) -> tuple[int, int]:
    found = [counted.get(state, (0, 0)) for state in states]
    return sum(count for count, _ in found), sum(priced for _, priced in found)


def _parts_each(connection: Connection, campaign_id: int) -> tuple[Decimal, bool]:
    """What one message is charged by: one picture, or as many segments as the first rows have on average."""
    found = connection.execute(
        select(campaigns.c.body, campaigns.c.media_urls, campaigns.c.columns).where(campaigns.c.id == campaign_id)
    ).one()
    if found.media_urls:
        return Decimal(1), True
    shape = MessageShape.of(found.body, found.media_urls, found.columns)
    query = select(rows.c.cells).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number).limit(_SAMPLE)
    parts = [shape.of_row(None, json.loads(cells))[1] or 1 for cells in connection.execute(query).scalars()]
    return (Decimal(sum(parts)) / len(parts) if parts else Decimal(1)), False


def _with_fees(amount: Decimal, parts: Decimal | int, prices: Prices) -> CostRange:
    fees = prices.amount("carrier_fee_low"), prices.amount("carrier_fee_high")
    return CostRange(amount + fees[0] * parts, amount + fees[1] * parts, prices.as_of)


def charged(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, Decimal]:
    """The sum of Twilio's prices for each campaign, exact: added up as decimals, not as floating point."""
    sums = dict.fromkeys(campaign_ids, _NOTHING)
    query = (
        select(rows.c.campaign_id, rows.c.price, func.count())
        .where(rows.c.campaign_id.in_(campaign_ids), rows.c.price.is_not(None))
        .group_by(rows.c.campaign_id, rows.c.price)
    )
    for campaign_id, price, count in connection.execute(query):
        sums[campaign_id] += amount_of(price) * count
    return sums


def amount_of(price: str) -> Decimal:
    """Twilio writes a charge as a negative number."""
    try:
        return abs(Decimal(price))
    except InvalidOperation:
        return _NOTHING


def dollars(low: Decimal, high: Decimal, *, places: int = 2) -> str:
    """An amount in US dollars, or from where to where it may lie when that shows in so many decimals."""
    least, most = f"${low:,.{places}f}", f"${high:,.{places}f}"
    return least if least == most else f"{least} to {most}"

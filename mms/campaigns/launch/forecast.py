"""What a campaign will be like before it is sent: who is held back by quiet hours, when it ends, what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mms.campaigns.drafts import decisions
from mms.campaigns.launch.senders import chosen_address, default_rate, sender_kind
from mms.campaigns.pictures.media_check import straight_end
from mms.ledger import Ledger
from mms.quiet_hours import Forecast, forecast, quiet_hours
from mms.reports.cost.campaign_cost import CostRange, destinations, forecast_cost
from mms.reports.cost.prices import prices

if TYPE_CHECKING:
    from mms.campaigns.launch.checklist import CheckedDraft, Installation  # `check` does without the launch


@dataclass(frozen=True, slots=True)
class Outlook:
    """`hours` is None when quiet hours are left aside; `end` is when the last message is handed over.

    `straight_end` is the same without quiet hours: practice sends at any hour, and still shows what live would do.
    """

    cost: CostRange
    hours: Forecast | None
    end: datetime | None
    straight_end: datetime


def outlook(
    ledger: Ledger,
    recipients: Sequence[str],
    *,
    sender_address: str,
    rate: float,
    start_at: float | None,
    any_hour: bool,
    has_media: bool,
) -> Outlook:
    """The forecast for these E.164 numbers at `rate` messages a second; `start_at` None means now."""
    with ledger.read() as connection:
        start = datetime.fromtimestamp(start_at or ledger.now(connection), UTC)
        hours = None if any_hour else forecast(recipients, start, rate, quiet_hours(connection))
        cost = forecast_cost(
            destinations(recipients), sender_kind(sender_address), prices(connection), has_media=has_media
        )
    straight_on = straight_end(len(recipients), rate, start.timestamp())
    return Outlook(cost, hours, hours.end if hours else straight_on, straight_on)


def outlook_of(place: "Installation", draft: "CheckedDraft", recipients: Sequence[str]) -> Outlook:
    """The forecast of a draft for these people."""
    address = chosen_address(place.settings, place.senders, draft.said.sender)
    rate = default_rate(place.settings, address) if draft.said.rate is None else draft.said.rate
    return outlook(
        place.ledger,
        recipients,
        sender_address=address,
        rate=rate,
        start_at=decisions.start_at(draft.said),
        any_hour=decisions.any_hour(draft.said, place.settings),
        has_media=draft.content.own is not None or bool(draft.content.media_urls),
    )


def send_end(
    ledger: Ledger, recipients: Sequence[str], *, rate: float, start_at: float | None, any_hour: bool
) -> datetime:
    """When the last message is handed over, quiet hours included unless `any_hour`: so long its links must last."""
    with ledger.read() as connection:
        start = datetime.fromtimestamp(start_at or ledger.now(connection), UTC)
        hours = None if any_hour else forecast(recipients, start, rate, quiet_hours(connection))
    return (hours and hours.end) or straight_end(len(recipients), rate, start.timestamp())

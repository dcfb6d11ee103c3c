"""How fast it goes and when it will be done, in words."""

from mms.campaigns.records import Campaign
from mms.states import RowState


def sentence(current: Campaign, counts: dict[RowState, int], now: float) -> str:
    """Continues the text of the bar; empty while nothing is going out."""
    return ""

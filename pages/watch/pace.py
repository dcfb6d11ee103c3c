"""How fast it goes and when it will be done, in words."""

from mms.campaigns.records import Campaign
from mms.results.progress import rate_and_eta
from mms.states import CampaignState
from pages.parts.reader import duration
from pages.parts.wiring import services


def sentence(current: Campaign, now: float) -> str:
    """Continues the text of the bar; empty while nothing is going out."""
    if current.state is not CampaignState.RUNNING:
        return ""
    with services().ledger.read() as connection:
        progress = rate_and_eta(connection, current.id, now)
    if not progress.rate or progress.eta is None:
        return ""
    return f", {progress.rate:.1f} a second, {duration(progress.eta - now)} left"

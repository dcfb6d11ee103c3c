"""How fast it goes and when it will be done, in words."""

from mms.campaigns.records import Campaign
from mms.reports.campaign.progress import Progress, rate_and_eta
from mms.states import CampaignState
from pages.components.reader import duration
from pages.components.wiring import services


def progress_of(current: Campaign, now: float) -> Progress | None:
    """None while nothing is going out."""
    if current.state is not CampaignState.RUNNING:
        return None
    with services().ledger.read() as connection:
        return rate_and_eta(connection, current.id, now)


def sentence(progress: Progress | None, now: float) -> str:
    """Continues the text of the bar; empty while nothing is going out."""
    if progress is None or not progress.rate or progress.eta is None:
        return ""
    return f", {progress.rate:.1f} a second, {duration(progress.eta - now)} left"

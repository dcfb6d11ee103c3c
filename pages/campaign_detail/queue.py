"""Behind which campaign one waits for its turn on the sender."""

from mms.campaigns.records import Campaign, ahead_of
from mms.reports.campaign.progress import rate_and_eta
from pages.components.reader import counted, duration
from pages.components.safe import shortened
from pages.components.wiring import services


def sentence(current: Campaign, now: float) -> str:
    """Plain text; empty for a campaign that waits for no other."""
    with services().ledger.read() as connection:
        ahead = ahead_of(connection, current, now)
        eta = rate_and_eta(connection, ahead[0].id, now).eta if ahead else None
    if not ahead:
        return ""
    others = f" and {counted(len(ahead) - 1, 'more campaign')}" if len(ahead) > 1 else ""
    left = f" ({duration(eta - now)} left)" if eta else ""
    return f"It starts after “{shortened(ahead[0].name)}”{left}{others}: one sender sends one campaign at a time."

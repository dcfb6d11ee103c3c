"""What pages of many campaigns ask before they draw: whether something still changes, and whether replies are heard."""

from mms.campaigns.records import ACTIVE, campaigns_in
from pages.components.wiring import services

REFRESH_SECONDS = 5.0


def something_runs() -> bool:
    """Whether figures still change, so that a page should look again by itself."""
    shared = services()
    with shared.ledger.read() as connection:
        return bool(campaigns_in(connection, ACTIVE, shared.mode))


def hears_replies() -> bool:
    """Answers come in by Twilio's webhooks, which need a public address."""
    return services().settings.public_base_url is not None

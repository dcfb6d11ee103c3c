"""Whether a campaign's links can be made short, and under which address."""

from mms.campaigns.pictures.own_pictures import picture_base_url
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.send_options import OWN_LINKS, TWILIO_LINKS, SendOptions
from mms.settings import Settings


def link_base(settings: Settings, ledger: Ledger, options: SendOptions, sender_address: str) -> str | None:
    """The address in front of the campaign's short links; None where links stay as they are, or Twilio shortens them.

    Raises:
        CampaignError: code `no_public_address` or `links_need_service`, for what the choice needs and is not there.
    """
    if options.links == TWILIO_LINKS and not sender_address.startswith("MG"):
        raise CampaignError(
            "Twilio shortens links only for a messaging service. Send from one that has Link Shortening, or choose "
            "short links on your own address.",
            code="links_need_service",
        )
    if options.links != OWN_LINKS:
        return None
    base = picture_base_url(settings, ledger)
    if base is None:
        raise CampaignError(
            "Short links lead over this installation, which has no public address that phones could open. "
            "Set PUBLIC_BASE_URL, or send the links as they are.",
            code="no_public_address",
        )
    return base

"""Pictures from a person's computer as links that Twilio can fetch: this installation's own, or a bucket's."""

from mms.campaigns.pictures.own_pictures import own_pictures, picture_base_url
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.media.image.preparing import PreparedPicture
from mms.settings import Settings

NO_PUBLIC_ADDRESS = (
    "Twilio fetches pictures from the web, and this installation has no public address. "
    "Set PUBLIC_BASE_URL or MMS_MEDIA_BUCKET, or give a link to a picture that is already on the web."
)


def can_host(settings: Settings) -> bool:
    """Whether pictures from the computer can be used at all."""
    return bool(settings.is_practice or settings.public_base_url or settings.media_bucket)


def host_picture(settings: Settings, ledger: Ledger, picture: PreparedPicture) -> str:
    """Keep the picture; returns the link that goes into the message.

    Raises:
        CampaignError: code `no_public_address`.
        MmsError: when the store cannot be written.
    """
    if base := picture_base_url(settings, ledger):
        return f"{base}/pictures/{own_pictures(settings, ledger).store.save(picture)}"
    if not settings.media_bucket:
        raise CampaignError(NO_PUBLIC_ADDRESS, code="no_public_address")
    from mms.media.store.bucket import (
        S3Store,  # boto3 takes a third of a second to import, and few installations use it
    )

    bucket = S3Store(settings.media_bucket, settings.media_endpoint_url)
    return bucket.public_url(bucket.save(picture))

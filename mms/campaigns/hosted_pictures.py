"""Pictures from a person's computer as links that Twilio can fetch: this installation's own, or a bucket's."""

from dataclasses import dataclass

from mms.errors import CampaignError
from mms.media.own_pictures import OwnPictures
from mms.media.pictures import PreparedPicture
from mms.media.store import FolderStore, PictureStore
from mms.settings import Settings

FOLDER = "pictures"
PRACTICE_BASE_URL = "http://127.0.0.1:8501"
"""Stands for this installation in practice mode; nobody fetches it, the check reads the store."""

NO_PUBLIC_ADDRESS = (
    "Twilio fetches pictures from the web, and this installation has no public address. "
    "Set PUBLIC_BASE_URL or MMS_MEDIA_BUCKET, or give a link to a picture that is already on the web."
)


@dataclass(frozen=True, slots=True)
class HostedPicture:
    """A stored picture and the link that goes into the message."""

    name: str
    url: str


def can_host(settings: Settings) -> bool:
    """Whether pictures from the computer can be used at all."""
    return bool(settings.is_practice or settings.public_base_url or settings.media_bucket)


def host_picture(settings: Settings, picture: PreparedPicture) -> HostedPicture:
    """Keep the picture and give it a link.

    Raises:
        CampaignError: code `no_public_address`.
        MmsError: when the store cannot be written.
    """
    if not can_host(settings):
        raise CampaignError(NO_PUBLIC_ADDRESS, code="no_public_address")
    if _uses_bucket(settings):
        from mms.media.s3 import S3Store  # boto3 takes a third of a second to import and few installations use it

        bucket = S3Store(settings.media_bucket or "", settings.media_endpoint_url)
        name = bucket.save(picture)
        return HostedPicture(name, bucket.public_url(name))
    name = folder_store(settings).save(picture)
    return HostedPicture(name, f"{_base_urls(settings)[0]}/pictures/{name}")


def folder_store(settings: Settings) -> FolderStore:
    """The pictures that this installation serves itself."""
    return FolderStore(settings.data_dir / FOLDER)


def own_pictures(settings: Settings) -> OwnPictures:
    """For the media check: links to our own pictures are judged from the store."""
    store: PictureStore = folder_store(settings)
    return OwnPictures(_base_urls(settings), store)


def _uses_bucket(settings: Settings) -> bool:
    return bool(settings.media_bucket) and not settings.is_practice and not settings.public_base_url


def _base_urls(settings: Settings) -> tuple[str, ...]:
    public = (settings.public_base_url,) if settings.public_base_url else ()
    return public + ((PRACTICE_BASE_URL,) if settings.is_practice else ())

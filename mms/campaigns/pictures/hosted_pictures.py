"""Pictures from a person's computer as links that Twilio can fetch. Which host: `MMS_MEDIA_HOST`, see `media_host`."""

import secrets
from collections.abc import Callable
from enum import StrEnum
from functools import cache

from sqlalchemy import or_, select

from mms.campaigns.pictures.own_pictures import own_pictures, picture_base_url
from mms.errors import CampaignError, UploadError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.ledger.tables import campaigns, drafts
from mms.media.attachment import Attachment, is_attachment, take_attachment
from mms.media.image.isolated import prepare_picture
from mms.media.image.preparing import PreparedPicture
from mms.media.store.picture_store import HostedFileData
from mms.roles import Permission, User, require
from mms.settings import Settings
from mms.twilio_client import Account

KEPT_SECONDS = 30 * 86_400.0  # after a campaign's end its pictures may fall out, where room is needed
_INSTALLATION = "installation"


class MediaHost(StrEnum):
    """Where pictures from the computer are put."""

    OWN = "own"
    BUCKET = "bucket"
    TWILIO = "twilio"


PLACE = {
    MediaHost.OWN: "this installation",
    MediaHost.BUCKET: "your bucket",
    MediaHost.TWILIO: "your own Twilio account",
}
"""For sentences: who serves the picture to the phones."""


def media_host(settings: Settings) -> MediaHost:
    """The host in force: the chosen one, else own public address, bucket, Twilio, in this order."""
    if settings.media_host != "auto":
        return MediaHost(settings.media_host)
    if settings.is_practice or settings.public_base_url:
        return MediaHost.OWN
    return MediaHost.BUCKET if settings.media_bucket else MediaHost.TWILIO


def prepare_file(data: bytes, file_name: str, *, by: str | None = None) -> PreparedPicture | Attachment:
    """A picture made fit for phones; a video or contact card as it is. Raises UploadError with a media code."""
    return take_attachment(data, file_name) if is_attachment(data) else prepare_picture(data, file_name, by=by)


def host_picture(settings: Settings, ledger: Ledger, picture: HostedFileData, *, by: User) -> str:
    """Keep the picture; returns the link that goes into the message. Takes seconds where Twilio hosts it.

    Raises:
        MmsError: when the host does not take it, in words.
        NotAllowed: this person may not.
    """
    require(by, Permission.SEND)
    link = _HOSTS[media_host(settings)](settings, ledger, picture)
    with ledger.write() as connection:
        note(connection, by.name, "picture.add", at=ledger.now(connection), subject=picture.name)
    return link


def _own(settings: Settings, ledger: Ledger, picture: HostedFileData) -> str:
    return f"{picture_base_url(settings, ledger)}/pictures/{own_pictures(settings, ledger).store.save(picture)}"


def _bucket(settings: Settings, _ledger: Ledger, picture: HostedFileData) -> str:
    from mms.media.store.bucket import S3Store  # boto3 takes a third of a second to import, and few use it

    if not settings.media_bucket:
        raise CampaignError("MMS_MEDIA_HOST is bucket: set MMS_MEDIA_BUCKET, too.", code="no_public_address")
    bucket = S3Store(settings.media_bucket, settings.media_endpoint_url)
    return bucket.public_url(bucket.save(picture))


def _twilio(settings: Settings, ledger: Ledger, picture: HostedFileData) -> str:
    from mms.media.store.twilio_files import TwilioFiles
    from mms.twilio_client.serverless import FileHosting  # the SDK is slow to import

    hosting = FileHosting(twilio_account(settings))
    return TwilioFiles(hosting, settings.data_dir, installation_name(ledger), _needed(ledger)).host(picture)


def twilio_account(settings: Settings) -> Account:
    """The account that hosts pictures. Raises CampaignError in practice."""
    if settings.credentials is None or settings.is_practice:
        raise CampaignError(
            "In practice nothing leaves this computer: set MMS_MEDIA_HOST to auto.", code="no_public_address"
        )
    return Account.of(settings.api_base_url, settings.credentials)


_HOSTS: dict[MediaHost, Callable[[Settings, Ledger, HostedFileData], str]] = {
    MediaHost.OWN: _own,
    MediaHost.BUCKET: _bucket,
    MediaHost.TWILIO: _twilio,
}


def installation_name(ledger: Ledger) -> str:
    """This installation's own name on a shared account, made once."""
    with ledger.write() as connection:
        known = option(connection, _INSTALLATION, None)
        if known is None:
            known = secrets.token_hex(4)
            set_option(connection, _INSTALLATION, known, at=ledger.now(connection), by=None)
    return str(known)


def _needed(ledger: Ledger) -> Callable[[str], bool]:
    """Whether a draft, or a campaign that has not ended for a month, names a picture; read once, when it is asked."""

    @cache
    def links() -> str:
        with ledger.read() as connection:
            since = ledger.now(connection) - KEPT_SECONDS
            recent = or_(campaigns.c.finished_at.is_(None), campaigns.c.finished_at > since)
            used = [*connection.execute(select(campaigns.c.media_urls).where(recent)).scalars()]
            used += connection.execute(select(drafts.c.content)).scalars()
        return repr(used)

    return lambda name: name in links()


def host_file(settings: Settings, ledger: Ledger, data: bytes, file_name: str, *, by: User) -> str:
    """Prepare and host in one go, for the command line and the API. Raises MmsError in words."""
    try:
        return host_picture(settings, ledger, prepare_file(data, file_name), by=by)
    except UploadError as error:
        raise CampaignError(error.message, code=error.code) from error

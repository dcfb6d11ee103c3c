"""Where pictures made for each person are put: at an own address drawn when fetched, everywhere else made ahead."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Protocol

from sqlalchemy import or_, select

from mms.campaigns.pictures.hosted_pictures import MediaHost, installation_name, media_host, twilio_account
from mms.campaigns.pictures.own_pictures import picture_base_url
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows
from mms.media.check.preflight import check_media
from mms.media.store.twilio_people import MOST_AT_TWILIO
from mms.settings import Settings

_STILL_SECONDS = 3 * 86_400.0  # after its end a campaign's pictures may go where room is short
_CHUNK = 500


class PersonalHost(Protocol):
    """Holds pictures that were made ahead, by their names."""

    @property
    def base(self) -> str:
        """The address before each name."""

    def put(self, names: Sequence[str], read: Callable[[str], bytes], tell: Callable[[int], None]) -> None:
        """Upload those that are not there yet; `tell` hears how many are."""

    def forget_all_but(self, needed: Callable[[Sequence[str]], Collection[str]]) -> None:
        """Remove what nobody needs any more."""


def personal_base(settings: Settings, ledger: Ledger) -> str:
    """The address before the name of each person's picture.

    Raises:
        MmsError: the host cannot be used, with what to do.
    """
    if host := personal_host(settings, ledger):
        return host.base
    base = picture_base_url(settings, ledger)
    if base is None:
        raise CampaignError(
            "Pictures made for each person are fetched from this installation, which has no public address. "
            "Set PUBLIC_BASE_URL, or MMS_MEDIA_HOST to auto.",
            code="no_public_address",
        )
    return f"{base.rstrip('/')}/pictures/"


def personal_host(settings: Settings, ledger: Ledger) -> PersonalHost | None:
    """Where they are made ahead; None where this installation draws them itself when they are fetched."""
    match media_host(settings):
        case MediaHost.OWN:
            return None
        case MediaHost.BUCKET:
            from mms.media.store.bucket import PEOPLE, S3Store  # boto3 takes a third of a second to import

            if not settings.media_bucket:
                raise CampaignError("MMS_MEDIA_HOST is bucket: set MMS_MEDIA_BUCKET, too.", code="no_public_address")
            return S3Store(settings.media_bucket, settings.media_endpoint_url, PEOPLE)
        case MediaHost.TWILIO:
            from mms.media.store.twilio_people import TwilioPeople
            from mms.twilio_client.serverless import FileHosting  # the SDK is slow to import

            return TwilioPeople(
                FileHosting(twilio_account(settings)),
                settings.data_dir,
                installation_name(ledger),
                partial(named, ledger),
                partial(named, ledger, still_sent=True),
            )


def require_room(settings: Settings, pictures: int) -> None:
    """Said before anything is drawn. Raises CampaignError: code `too_many_pictures`."""
    if media_host(settings) is MediaHost.TWILIO and pictures > MOST_AT_TWILIO:
        raise CampaignError(
            f"Your Twilio account can hold up to {MOST_AT_TWILIO} different pictures, and this list needs "
            f"{pictures:,}. Use a bucket (MMS_MEDIA_BUCKET) or a public address (PUBLIC_BASE_URL).",
            code="too_many_pictures",
        )


def make_ahead(
    settings: Settings,
    host: PersonalHost,
    names: Sequence[str],
    read: Callable[[str], bytes],
    on_progress: Callable[[int, int], None],
) -> None:
    """Put them there, and look at one as Twilio will. Raises MmsError when phones could not get it."""
    if not names:
        return
    host.put(names, read, lambda done: on_progress(done, len(names)))
    link = host.base + names[0]
    verdict = check_media([link], allow_private=settings.allow_private_media)[link]
    if not verdict.ok:
        raise CampaignError(
            f"The pictures were put on the web, and cannot be fetched from there: {verdict.message} "
            f"{verdict.advice or ''}".rstrip(),
            code="picture_storage",
        )


def forget_hosted(settings: Settings, ledger: Ledger) -> None:
    """Take erased people's pictures, and those of purged campaigns, from the bucket or from Twilio."""
    with ledger.read() as connection:
        ever = connection.execute(select(campaigns.c.id).where(campaigns.c.picture_base.is_not(None)).limit(1)).first()
    if ever is None or settings.is_practice:
        return
    if host := personal_host(settings, ledger):
        host.forget_all_but(partial(named, ledger))


def named(ledger: Ledger, names: Sequence[str], *, still_sent: bool = False) -> set[str]:
    """Which of these pictures some row has; with `still_sent` only rows of campaigns that may still go on."""
    found: set[str] = set()
    for start in range(0, len(names), _CHUNK):
        query = select(rows.c.picture).where(rows.c.picture.in_(names[start : start + _CHUNK]))
        with ledger.read() as connection:
            if still_sent:
                since = ledger.now(connection) - _STILL_SECONDS
                recent = or_(campaigns.c.finished_at.is_(None), campaigns.c.finished_at > since)
                query = query.join(campaigns, campaigns.c.id == rows.c.campaign_id).where(recent)
            found.update(connection.execute(query).scalars())
    return found

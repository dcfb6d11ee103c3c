"""Pictures that people send: a stranger's file is opened in a process of its own, and only what it draws is shown."""

from dataclasses import dataclass, field

from sqlalchemy import select

from mms.errors import CampaignError, UploadError
from mms.ledger import Ledger
from mms.ledger.tables import replies
from mms.media.image.isolated import prepare_picture
from mms.roles import Permission, User, require
from mms.twilio_client.account import Account
from mms.twilio_client.received_media import ReceivedFile, received_files

MOST_BYTES = 6_000_000  # of one file; carriers let 5 MB through at most
MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture made anew of what came, or in `said` why there is none."""

    data: bytes | None = field(repr=False)
    said: str = ""


def pictures_of(
    ledger: Ledger, account: Account, message_sid: str, *, by: User, allow_private: bool = False
) -> list[ShownPicture]:
    """What came with a reply that this installation knows. Takes seconds; nothing is kept.

    Raises:
        CampaignError: code `no_such_reply`.
        ProviderError: Twilio does not give it.
        NotAllowed: this person may not look at replies.
    """
    require(by, Permission.SEE)
    with ledger.read() as connection:
        known = connection.execute(select(replies.c.id).where(replies.c.message_sid == message_sid)).first()
    if known is None:
        raise CampaignError("This message is no longer kept.", code="no_such_reply")
    files = received_files(account, message_sid, max_bytes=MOST_BYTES, most=MOST_FILES, allow_private=allow_private)
    return [_shown(one, by) for one in files]


def _shown(one: ReceivedFile, by: User) -> ShownPicture:
    if one.data is None:
        return ShownPicture(None, "This file is larger than phones can send, so it was not opened.")
    try:
        return ShownPicture(prepare_picture(one.data, "picture", by=by.name).data)
    except UploadError:
        kind = one.content_type if one.content_type.isascii() else "unknown"
        return ShownPicture(None, f"A file came that is no picture that can be shown here ({kind[:40]}).")

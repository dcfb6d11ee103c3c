"""Files that came with a person's message: fetched with the account's credentials, never more bytes than wanted."""

from dataclasses import dataclass, field

import requests
from twilio.base.exceptions import TwilioException

from mms.errors import ProviderError
from mms.media.check.download import download
from mms.media.check.messages import LinkFault
from mms.problems import MediaCode
from mms.twilio_client.account import Account
from mms.twilio_client.hosts import http_client

_SECONDS = 20.0
_CHUNK = 65_536
_NOT_TWILIO = (ValueError, TypeError, AttributeError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file as it came: a stranger's, so its type is what somebody said. `data` None: larger than wanted."""

    content_type: str
    data: bytes | None = field(repr=False)


def received_files(
    account: Account, message_sid: str, *, max_bytes: int, most: int, allow_private: bool
) -> list[ReceivedFile]:
    """The files of a message, in Twilio's order.

    The credentials go to Twilio only: where it sends us elsewhere for the bytes, they are asked for without.

    Raises:
        ProviderError: Twilio or its store does not give them, in words.
    """
    client = account.client(http_client(account.base_url, timeout=_SECONDS))
    try:
        listed = client.messages(message_sid).media.list(limit=most)
        return [
            ReceivedFile(
                str(one.content_type or ""),
                _fetch(account, message_sid, str(one.sid), max_bytes, allow_private=allow_private),
            )
            for one in listed
        ]
    except (TwilioException, requests.RequestException, LinkFault, *_NOT_TWILIO):
        raise ProviderError("Twilio did not give the picture. Try again in a moment.", code="no_answer") from None


def _fetch(account: Account, message_sid: str, media_sid: str, max_bytes: int, *, allow_private: bool) -> bytes | None:
    path = f"/2010-04-01/Accounts/{account.account_sid}/Messages/{message_sid}/Media/{media_sid}"
    with requests.get(
        account.base_url + path,
        auth=(account.username, account.secret),
        timeout=_SECONDS,
        allow_redirects=False,
        stream=True,
    ) as answer:
        if answer.is_redirect:
            return _elsewhere(answer.headers["Location"], max_bytes, allow_private=allow_private)
        answer.raise_for_status()
        data = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            data += chunk
            if len(data) > max_bytes:
                return None
        return bytes(data)


def _elsewhere(url: str, max_bytes: int, *, allow_private: bool) -> bytes | None:
    try:
        found, data = download(url, max_bytes=max_bytes, seconds=_SECONDS, allow_private=allow_private)
    except LinkFault as fault:
        if fault.code is MediaCode.TOO_LARGE:
            return None
        raise
    if not found.answer.is_success:
        raise ValueError(found.answer.status)
    return data

"""Asks Twilio for messages and for its log, many at once, through the SDK's asynchronous client."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError

from mms.errors import ProviderError
from mms.twilio_client.account import Account
from mms.twilio_client.answers import outcome_of
from mms.twilio_client.next_page import next_page
from mms.twilio_client.outcomes import Busy, NoAnswer, NotAsked, Outcome, Withheld
from mms.twilio_client.provider_message import LogExcerpt, MessagePage, ProviderMessage
from mms.twilio_client.transport import Gate, TooManyRequestsError, Wire, gate

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_CALL_AGAIN = "#rc=5&rp=all"  # Twilio's connection overrides: try again after any failure, five times
PAGE_SIZE = 1000
_MOST_PAGES = 200  # of servers that give few at a time, or do not look at `To`


class MessageSender:
    """Sends from one address of one account. Use as an async context manager; safe for many tasks at once.

    `status_callback` is an address to which `row=ID` is appended, so that a callback finds its row even when the
    answer to the create was lost.
    """

    def __init__(self, account: Account, address: str, *, timeout: float, status_callback: str | None = None) -> None:
        self._account = account
        self._timeout = timeout
        self._sender = {"MessagingServiceSid" if address.startswith("MG") else "From": address}
        self._status_callback = status_callback

    async def __aenter__(self) -> Self:
        self._wire = Wire(self._account.username, self._account.secret)
        self._api = self._account.client(self._wire).api.v2010
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.close()

    async def post(self, row_id: int, to: str, body: str, media_urls: Sequence[str], permission: Gate) -> Outcome:
        """Ask for one message. `permission` is asked on the last line before the first byte."""
        fields: dict[str, Any] = {"To": to, **self._sender}
        if body:
            fields["Body"] = body
        if media_urls:
            fields["MediaUrl"] = list(media_urls)
        if self._status_callback:
            fields["StatusCallback"] = f"{self._status_callback}?row={row_id}{_CALL_AGAIN}"
        attempt = _Attempt(permission)
        token = gate.set(attempt)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._api.request_async("POST", self._account.messages_uri, data=fields, headers=_FORM)
            return outcome_of(answer.status_code, answer.text)
        except TooManyRequestsError as busy:
            return Busy(busy.retry_after)
        except Exception as failure:  # noqa: BLE001 - whatever it was, what matters is whether the request left
            return attempt.without_answer(failure)
        finally:
            gate.reset(token)

    async def messages_to(self, to: str, since: float) -> LogExcerpt:
        """What Twilio's log holds for this number, created since (seconds since 1970), newest first.

        By `To` alone, because a message that is still queued has no date that a filter could find.

        Raises:
            ProviderError: code `forbidden` when Twilio will never answer this, `no_answer` when it did not.
        """
        found: list[ProviderMessage] = []
        may_be_ours = False
        params: Mapping[str, Any] | None = {"To": to, "PageSize": PAGE_SIZE}
        url = f"{self._account.base_url}/2010-04-01{self._account.messages_uri}"
        read: set[str] = set()
        while url not in read and len(read) < _MOST_PAGES:
            read.add(url)
            page = await self._page(url, params)
            found.extend(message for message in page.messages if message.to == to and message.created_at >= since)
            may_be_ours = may_be_ours or any(recipient in (to, None) for recipient in page.unread)
            if page.next_page_uri is None:
                return LogExcerpt(tuple(found), not may_be_ours)
            url, params = self._following(url, page.next_page_uri), None
        return LogExcerpt(tuple(found), False)

    def _following(self, url: str, next_page_uri: str) -> str:
        try:
            return next_page(self._account.base_url, url, next_page_uri)
        except ValueError as error:
            raise ProviderError(str(error), code="no_answer") from None

    async def _page(self, url: str, params: Mapping[str, Any] | None) -> MessagePage:
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._wire.request("GET", url, params=params)
            if answer.status_code in (401, 403, 404):
                raise ProviderError("Twilio does not let us look at its message log.", code="forbidden")
            if answer.status_code == 200:
                return MessagePage.from_json(json.loads(answer.text))
        except (ClientError, OSError, TimeoutError, TooManyRequestsError, ValueError, RecursionError) as error:
            why = type(error).__name__
            raise ProviderError(f"Twilio's message log did not answer ({why}).", code="no_answer") from None
        raise ProviderError(f"Twilio's message log answered {answer.status_code}.", code="no_answer")


class _Attempt:
    """Remembers whether the request passed its gate, or was held back there."""

    __slots__ = ("_permission", "_was_asked", "_was_given")

    def __init__(self, permission: Gate) -> None:
        self._permission = permission
        self._was_asked = self._was_given = False

    def passes(self) -> bool:
        self._was_asked = True
        self._was_given = self._permission.passes()
        return self._was_given

    def has_passed(self) -> None:
        self._permission.has_passed()

    def without_answer(self, failure: Exception) -> Outcome:
        if self._was_given:
            return NoAnswer()
        return Withheld() if self._was_asked else NotAsked(type(failure).__name__)

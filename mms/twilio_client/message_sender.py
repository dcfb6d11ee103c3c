"""Asks Twilio for messages and for its log, many at once, through the SDK's asynchronous client."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, Protocol, Self

from aiohttp import ClientError

from mms.errors import ProviderError
from mms.twilio_client.account import Account
from mms.twilio_client.answers import outcome_of
from mms.twilio_client.next_page import next_page
from mms.twilio_client.outcomes import Busy, NoAnswer, NotAsked, Outcome, Withheld
from mms.twilio_client.provider_clock import ProviderClock
from mms.twilio_client.provider_message import LogExcerpt, MessagePage, ProviderMessage, may_be_to
from mms.twilio_client.transport import (
    Gate,
    TooManyRequestsError,
    Wire,
    end_as_usual,
    fall_silent_with,
    form_bytes,
    gate,
)

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_CALL_AGAIN = "#rc=5&rp=all"  # Twilio's connection overrides: try again after any failure, five times
PAGE_SIZE = 1000
_MOST_PAGES = 200  # of servers that give few at a time, or do not look at `To`


class Permission(Protocol):
    """Leave for one request, asked on its last line."""

    def passes(self) -> bool:
        """Called right before the first byte; False holds the request back."""

    def has_passed(self) -> None:
        """Called when the last byte has been handed to the network."""


class MessageSender:
    """Sends from one address of one account. Use as an async context manager; safe for many tasks at once.

    `status_callback` is an address to which `row=ID` is appended, so that a callback finds its row even when the
    answer to the create was lost. `clock` learns Twilio's time from every answer.
    """

    def __init__(
        self,
        account: Account,
        address: str,
        *,
        timeout: float,
        status_callback: str | None = None,
        clock: ProviderClock | None = None,
    ) -> None:
        self._account, self._address = account, address
        self.clock = clock or ProviderClock()
        self._timeout = timeout
        self._sender = form_bytes({"MessagingServiceSid" if address.startswith("MG") else "From": address})
        self._status_callback = status_callback

    async def __aenter__(self) -> Self:
        self._wire = Wire(self._account.username, self._account.secret, self.clock)
        self._api = self._account.client(self._wire).api.v2010
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.close()

    async def post(
        self,
        row_id: int,
        to: str,
        body: str,
        media_urls: Sequence[str],
        permission: Permission,
        *,
        valid_for: int | None = None,
        shorten_links: bool = False,
    ) -> Outcome:
        """Ask for one message. `permission` is asked on the last line before the first byte.

        `valid_for`: seconds for which it may wait in Twilio's queue (1 to 36,000); what takes longer is dropped.
        `shorten_links`: Twilio's Link Shortening, for a messaging service that has it.
        """
        fields: dict[str, Any] = {"To": to}
        if body:
            fields["Body"] = body
        if valid_for is not None:
            fields["ValidityPeriod"] = str(valid_for)
        if shorten_links:
            fields["ShortenUrls"] = "true"
        if self._status_callback:
            fields["StatusCallback"] = f"{self._status_callback}?row={row_id}{_CALL_AGAIN}"
        # What all messages share is written once; bytes pass through the SDK as they are.
        form = b"&".join((self._sender, form_bytes(fields), *_media_fields(tuple(media_urls))))
        attempt = _Attempt(permission, self._timeout)
        token = gate.set(attempt)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._api.request_async("POST", self._account.messages_uri, data=form, headers=_FORM)
            attempt.is_answered()
            return outcome_of(answer.status_code, answer.text)
        except TooManyRequestsError as busy:
            attempt.is_answered()
            return Busy(busy.retry_after)
        except Exception as failure:  # noqa: BLE001 - whatever it was, what matters is whether the request left
            return attempt.without_answer(failure)
        finally:
            gate.reset(token)

    async def messages_to(self, to: str, since: float) -> LogExcerpt:
        """What Twilio's log holds for this number, created since (Twilio's time), newest first.

        By `To` alone, because a message that is still queued has no date that a filter could find.

        Raises:
            ProviderError: code `forbidden` when Twilio will never answer this, `no_answer` when it did not.
        """
        found: list[ProviderMessage] = []
        may_be_ours = False
        async for page in self._pages({"To": to}):
            if page is None:
                return LogExcerpt(tuple(found), False)
            found.extend(one for one in page.messages if may_be_to(one.to, to) and one.created_at >= since)
            may_be_ours = may_be_ours or any(shown is None or may_be_to(shown, to) for shown in page.unread)
        return LogExcerpt(tuple(found), not may_be_ours)

    async def messages_since(self, since: float, told: Callable[[int], None] = lambda _read: None) -> LogExcerpt:
        """What Twilio's log holds from this sender to anybody, created since (Twilio's time), newest first.

        For the last look: where the log hides numbers (Message Redaction), no filter by number need find anything.
        `told` hears after each page how many messages were found so far.

        Raises:
            ProviderError: as `messages_to`.
        """
        found: list[ProviderMessage] = []
        is_whole = True
        async for page in self._pages({} if self._address.startswith("MG") else {"From": self._address}):
            if page is None:
                return LogExcerpt(tuple(found), False)
            found.extend(one for one in page.messages if one.created_at >= since)
            told(len(found))
            is_whole = is_whole and not page.unread
            if page.messages and all(one.created_at < since for one in page.messages):
                break
        return LogExcerpt(tuple(found), is_whole)

    async def ask_for_the_time(self) -> None:
        """One small question, so that Twilio's time is known before anything is sent.

        Raises:
            ProviderError: as `messages_to`.
        """
        await self._page(self._log_url, {"PageSize": 1})

    @property
    def _log_url(self) -> str:
        return f"{self._account.base_url}/2010-04-01{self._account.messages_uri}"

    async def _pages(self, filters: Mapping[str, Any]) -> AsyncIterator[MessagePage | None]:
        """Page by page; None at last when there are too many, or when they go in a circle."""
        params: Mapping[str, Any] | None = {**filters, "PageSize": PAGE_SIZE}
        url, read = self._log_url, set[str]()
        while url not in read and len(read) < _MOST_PAGES:
            read.add(url)
            page = await self._page(url, params)
            yield page
            if page.next_page_uri is None:
                return
            url, params = self._following(url, page.next_page_uri), None
        yield None

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


@lru_cache(256)
def _media_fields(urls: tuple[str, ...]) -> tuple[bytes, ...]:
    return (form_bytes({"MediaUrl": urls}),) if urls else ()


class _Attempt(Gate):
    """Remembers whether the request passed its gate, or was held back there, and on which connection."""

    __slots__ = ("_permission", "_road", "_seconds", "_was_asked", "_was_given")

    def __init__(self, permission: Permission, seconds: float) -> None:
        self._permission, self._seconds = permission, seconds
        self._was_asked = self._was_given = False
        self._road: asyncio.Transport | None = None

    def travels_on(self, road: asyncio.Transport) -> None:
        self._road = road

    def passes(self) -> bool:
        self._was_asked = True
        self._was_given = self._permission.passes()
        if self._was_given and self._road is not None:
            fall_silent_with(self._road, self._seconds)
        return self._was_given

    def has_passed(self) -> None:
        self._permission.has_passed()

    def is_answered(self) -> None:
        if self._road is not None:
            end_as_usual(self._road)

    def without_answer(self, failure: Exception) -> Outcome:
        if self._was_given:
            if self._road is not None:
                self._road.abort()
            return NoAnswer()
        return Withheld() if self._was_asked else NotAsked(type(failure).__name__)

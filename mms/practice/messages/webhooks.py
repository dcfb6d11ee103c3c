"""Posts to the customer's addresses as Twilio does: form fields, signed, one more try when the connection failed."""

import asyncio
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag

import aiohttp
from twilio.request_validator import RequestValidator

# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: the defaults.
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_TRIES = 2
_AT_ONCE = 20


class Webhooks:
    """One HTTP session and at most 20 posts at once. Use as an async context manager."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT, headers={"User-Agent": "TwilioProxy/1.1"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def post(self, url: str, fields: Mapping[str, str]) -> int | None:
        """The status of the answer; None when nobody answered. The URL is signed without its fragment."""
        address = urldefrag(url).url
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(address, dict(fields)),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }
        async with self._places:
            for _ in range(_TRIES):
                try:
                    async with self._session.post(address, data=dict(fields), headers=headers) as answer:
                        return answer.status
                except aiohttp.ClientConnectorError:
                    continue  # the only failure that Twilio tries again by default
                except (aiohttp.ClientError, TimeoutError):
                    return None
        return None

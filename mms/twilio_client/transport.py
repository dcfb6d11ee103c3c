"""The SDK's asynchronous transport on one aiohttp session, with a gate on the last line before the first byte.

The SDK's own transport follows no limit of time, drops the headers of errors and cannot tell whether a request
left. Here the request itself asks its gate right before it is written, after connecting: what did not pass the
gate was surely not asked, everything after it may have been.
"""

import logging
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, TCPConnector, encode_basic_auth
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

_logger = logging.getLogger("twilio.async_http_client")
_logger.setLevel(logging.WARNING)  # at INFO it prints addresses with the recipient's number
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)


class Gate(Protocol):
    """Asked by the request itself."""

    def passes(self) -> bool:
        """Called right before the first byte; False holds the request back."""

    def has_passed(self) -> None:
        """Called when the last byte has been handed to the network."""


gate: ContextVar[Gate | None] = ContextVar("gate", default=None)
"""The gate of the requests of this task; None: no gate."""

CONNECT_SECONDS = 10.0


class HeldBackError(Exception):
    """The gate said no; nothing was written."""


class TooManyRequestsError(Exception):
    """Answer 429. The SDK's exception would drop the Retry-After header."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class _GatedRequest(ClientRequest):
    """Headers are buffered until the body is written, so this is where a create's first byte leaves."""

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        watched = gate.get()
        if watched is None:
            await super().write_bytes(writer, conn, content_length)
        elif watched.passes():
            await super().write_bytes(writer, conn, content_length)
            watched.has_passed()
        elif conn.protocol is not None:
            conn.protocol.set_exception(HeldBackError())


class Wire(AsyncHttpClient):  # type: ignore[misc]  # the SDK is untyped
    """One session; open and close it with the stretch of sending that uses it. Redirects are never followed."""

    def __init__(self, username: str, secret: str) -> None:
        super().__init__(_logger, True, None)
        self._authorization = encode_basic_auth(username, secret)
        self._session = ClientSession(
            connector=TCPConnector(limit=0),  # the caller bounds what is in flight
            request_class=_GatedRequest,
            timeout=ClientTimeout(total=None, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the caller's own limit rules
        allow_redirects: bool = False,
    ) -> Response:
        """What the SDK calls. Raises `TooManyRequestsError` and `HeldBackError` beside aiohttp's own errors."""
        async with self._session.request(
            method,
            url,
            params=params,
            data=urlencode(data, doseq=True).encode() if data else None,
            headers={**(headers or {}), "Authorization": self._authorization},
            allow_redirects=False,
        ) as answer:
            if answer.status == 429:
                raise TooManyRequestsError(retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date")))
            return Response(answer.status, (await answer.read()).decode(errors="replace"), answer.headers)

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


def retry_after(text: str | None, server_date: str | None = None) -> float | None:
    """Seconds to wait: the header gives them as a number or as an HTTP date, which the server's own clock measures."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", text.strip()):
        return float(text)
    until, now = _moment(text), _moment(server_date or "")
    return None if until is None else max(0.0, until - (time.time() if now is None else now))


def _moment(http_date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()

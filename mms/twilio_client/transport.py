"""The SDK's asynchronous transport on one aiohttp session, with a gate on the last line before the first byte.

The SDK's own transport follows no limit of time, drops the headers of errors and cannot tell whether a request
left. Here the request itself asks its gate right before it is written, after connecting: what did not pass the
gate was surely not asked, everything after it may have been.
"""

import asyncio
import logging
import os
import re
import socket
import struct
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, TCPConnector, encode_basic_auth
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from mms.twilio_client.provider_clock import ProviderClock, http_date_seconds

_logger = logging.getLogger("twilio.async_http_client")
_logger.setLevel(logging.WARNING)  # at INFO it prints addresses with the recipient's number
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)


class Gate(Protocol):
    """Asked by the request itself."""

    def passes(self) -> bool:
        """Called right before the first byte; False holds the request back."""

    def has_passed(self) -> None:
        """Called when the last byte has been handed to the network."""

    def travels_on(self, road: asyncio.Transport) -> None:
        """Called with the connection, before `passes`."""


gate: ContextVar[Gate | None] = ContextVar("gate", default=None)
"""The gate of the requests of this task; None: no gate."""

CONNECT_SECONDS = 10.0
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # closing is a reset, and drops what is unsent
_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 0, 0)


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
            return
        if conn.transport is not None:
            watched.travels_on(conn.transport)
        if watched.passes():
            await super().write_bytes(writer, conn, content_length)
            watched.has_passed()
        elif conn.protocol is not None:
            conn.protocol.set_exception(HeldBackError())


class Wire(AsyncHttpClient):  # type: ignore[misc]  # the SDK is untyped
    """One session; open and close it with the stretch of sending that uses it. Redirects are never followed."""

    def __init__(self, username: str, secret: str, clock: ProviderClock) -> None:
        super().__init__(_logger, True, None)
        self._clock = clock
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
        data: Mapping[str, Any] | bytes | None = None,
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
            data=data if isinstance(data, bytes | None) else form_bytes(data),
            headers={**(headers or {}), "Authorization": self._authorization},
            allow_redirects=False,
        ) as answer:
            self._clock.heard(answer.headers.get("Date"))
            if answer.status == 429:
                raise TooManyRequestsError(retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date")))
            return Response(answer.status, (await answer.read()).decode(errors="replace"), answer.headers)

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


def form_bytes(fields: Mapping[str, Any]) -> bytes:
    """Form fields as they are sent; a field with several values is written several times."""
    return urlencode(fields, doseq=True).encode()


def retry_after(text: str | None, server_date: str | None = None) -> float | None:
    """Seconds to wait: the header gives them as a number or as an HTTP date, which the server's own clock measures."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", text.strip()):
        return float(text)
    until, now = http_date_seconds(text), http_date_seconds(server_date)
    return None if until is None else max(0.0, until - (time.time() if now is None else now))


def fall_silent_with(road: asyncio.Transport, seconds: float) -> None:
    """From now on the end of this connection, whatever brings it, takes back what has not arrived yet.

    Otherwise the system would go on delivering a request of which we have long said that nobody answered it: on a
    bad network that is minutes later. A worker that is killed leaves nothing behind either.
    """
    _set(road, socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux: unacknowledged data is given up after so long
    if user_timeout is not None:
        _set(road, socket.IPPROTO_TCP, user_timeout, int(seconds * 1000))


def end_as_usual(road: asyncio.Transport) -> None:
    """The answer is here: the connection goes back to the others and may end with a farewell."""
    _set(road, socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)


def _set(road: asyncio.Transport, level: int, name: int, value: int | bytes) -> None:
    connected = road.get_extra_info("socket")
    if connected is not None:
        try:
            connected.setsockopt(level, name, value)
        except OSError:  # closed meanwhile, or a system that does not know it
            _logger.debug("Socket option %s not set", name)

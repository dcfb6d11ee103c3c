"""Asks for one link as Twilio does: HEAD, then GET, each redirect looked at anew, never more bytes than allowed."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO

import aiohttp
from yarl import URL

from mms.media.check.limits import MediaLimits
from mms.media.check.links import read_redirect
from mms.media.check.messages import LinkFault, Reason, kilobytes
from mms.media.check.network_errors import faults_named
from mms.media.check.unpacking import Unpacking, is_plain
from mms.media.file_types import content_type_name

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_HEADERS = {
    "User-Agent": "MMS-Campaigns media check",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # how large the file is, not how well it packs
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The last answer of a chain of redirects; `visited` are all its addresses in order."""

    visited: tuple[URL, ...]
    status: int
    content_type: str | None
    is_packed: bool
    retry_after: float  # seconds; 0 when the server does not say
    length: int  # bytes as announced; 0 when the server does not say

    @property
    def host(self) -> str:
        """Who gave this answer."""
        return self.visited[-1].host or ""

    @property
    def is_success(self) -> bool:
        """Whether there is a file."""
        return 200 <= self.status < 300

    @property
    def is_busy(self) -> bool:
        """Whether the server wants to be asked less often."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class Download:
    """The answer to a GET, and the body as far as it was wanted."""

    answer: Answer
    file: IO[bytes]
    size: int


class Fetcher:
    """Asks links over one shared session; no more than the limit at once for each host."""

    def __init__(self, session: aiohttp.ClientSession, limits: MediaLimits, *, allow_private: bool) -> None:
        self._session = session
        self._limits = limits
        self._allow_private = allow_private
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(limits.at_once_per_host))

    async def head(self, url: URL) -> Answer:
        """The answer to HEAD, whatever its status. Raises LinkFault when there is none."""
        async with self._last_answer("HEAD", url) as (answer, _response):
            return answer

    async def get(self, url: URL, file: IO[bytes]) -> Download:
        """The answer to GET; a body only with a success status. Raises LinkFault, also for a body too large."""
        async with self._last_answer("GET", url) as (answer, response):
            size = await self._read(response, file) if answer.is_success else 0
            return Download(answer, file, size)

    @asynccontextmanager
    async def _last_answer(self, method: str, url: URL) -> AsyncIterator[tuple[Answer, aiohttp.ClientResponse]]:
        visited = [url]
        while True:
            async with self._request(method, visited) as response:
                if response.status not in _REDIRECTS:
                    yield _answer(visited, response), response
                    return
                target = self._redirect_target(visited[-1], response)
            if target in visited:
                raise LinkFault(Reason.REDIRECT_LOOP)
            if len(visited) > self._limits.max_redirects:
                raise LinkFault(Reason.TOO_MANY_REDIRECTS, limit=self._limits.max_redirects)
            visited.append(target)

    def _redirect_target(self, url: URL, response: aiohttp.ClientResponse) -> URL:
        location = response.headers.get("Location")
        return read_redirect(url, location, allow_private=self._allow_private, ports=self._limits.ports)

    @asynccontextmanager
    async def _request(self, method: str, visited: list[URL]) -> AsyncIterator[aiohttp.ClientResponse]:
        limits = self._limits
        url = visited[-1]
        timeout = aiohttp.ClientTimeout(total=None, connect=limits.connect_seconds, sock_read=limits.first_byte_seconds)
        async with self._turns[url.authority]:
            with faults_named(url.host or "", limits, redirected=len(visited) > 1):
                async with (
                    asyncio.timeout(limits.whole_seconds),
                    self._session.request(
                        method, url, headers=_HEADERS, timeout=timeout, allow_redirects=False
                    ) as response,
                ):
                    yield response

    async def _read(self, response: aiohttp.ClientResponse, file: IO[bytes]) -> int:
        limit = self._limits.max_bytes
        if (response.content_length or 0) > limit:
            raise LinkFault(Reason.TOO_LARGE, limit=kilobytes(limit))
        unpack = Unpacking(response.headers.get("Content-Encoding"), response.url.host or "")
        size = 0
        async for chunk in response.content.iter_chunked(_CHUNK):
            data = unpack.next(chunk, at_most=limit - size + 1)
            size += len(data)
            if size > limit:
                raise LinkFault(Reason.TOO_LARGE, limit=kilobytes(limit))
            file.write(data)
        unpack.require_end()
        return size


def _answer(visited: list[URL], response: aiohttp.ClientResponse) -> Answer:
    return Answer(
        visited=tuple(visited),
        status=response.status,
        content_type=content_type_name(response.headers.get("Content-Type")),
        is_packed=not is_plain(response.headers.get("Content-Encoding")),
        retry_after=_seconds(response.headers.get("Retry-After")),
        length=response.content_length or 0,
    )


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isdecimal() else 0

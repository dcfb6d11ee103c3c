"""Carries posts to their receivers: many at a time, over connections that reach no private address."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

import aiohttp
from yarl import URL

from mms.media.check.addresses import GuardedConnector
from mms.media.check.preflight import trusted_issuers
from mms.outgoing.signing import signature_headers

_SECONDS = 15.0  # for one post, as Standard Webhooks recommends
_AT_ONCE = 10
_SILENT = 3  # failures in a row after which a receiver's other posts wait for the next time


class Outcome(StrEnum):
    """What became of a post."""

    TAKEN = "taken"  # 2xx
    FAILED = "failed"  # any other answer, or none
    GONE = "gone"  # 410: the receiver wants no more
    NOT_TRIED = "not_tried"  # its receiver had just failed several times in a row


@dataclass(frozen=True, slots=True)
class Post:
    """One event for one receiver. `event_id` tells a repeated post from a new event."""

    url: str
    secret: str
    event_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class PostResult:
    """`why` is for logs: a status or a kind of error, no address and nothing personal."""

    outcome: Outcome
    why: str = ""
    retry_after: float = 0.0


def post_all(posts: Sequence[Post], *, at: float, allow_private: bool) -> list[PostResult]:
    """Post each once and return what became of it, in order; never raises for a receiver. `at`: seconds since 1970."""
    return asyncio.run(_post_all(posts, at, allow_private=allow_private))


async def _post_all(posts: Sequence[Post], at: float, *, allow_private: bool) -> list[PostResult]:
    connector = GuardedConnector(allow_private=allow_private, trust=trusted_issuers())
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # a proxy would be asked instead of the address that was checked
    ) as session:
        poster = _Poster(session, at)
        return await asyncio.gather(*(poster.post(post) for post in posts))


class _Poster:
    def __init__(self, session: aiohttp.ClientSession, at: float) -> None:
        self._session = session
        self._at = at
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._in_vain: Counter[str] = Counter()  # by address, in a row

    async def post(self, post: Post) -> PostResult:
        async with self._turns:
            if self._in_vain[post.url] >= _SILENT:
                return PostResult(Outcome.NOT_TRIED)
            result = await self._ask(post)
        if result.outcome is Outcome.FAILED:
            self._in_vain[post.url] += 1
        else:
            self._in_vain[post.url] = 0
        return result

    async def _ask(self, post: Post) -> PostResult:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "MMS-Campaigns",
            **signature_headers(post.secret, post.event_id, self._at, post.body),
        }
        try:
            async with self._session.post(
                URL(post.url, encoded=True), data=post.body, headers=headers, allow_redirects=False
            ) as answer:
                return _judged(answer.status, answer.headers.get("Retry-After"))
        except (aiohttp.ClientError, OSError, ValueError) as error:  # a time-out is an OSError
            return PostResult(Outcome.FAILED, type(error).__name__)


def _judged(status: int, retry_after: str | None) -> PostResult:
    if 200 <= status < 300:
        return PostResult(Outcome.TAKEN)
    if status == HTTPStatus.GONE:
        return PostResult(Outcome.GONE, str(status))
    seconds = float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
    return PostResult(Outcome.FAILED, str(status), seconds)

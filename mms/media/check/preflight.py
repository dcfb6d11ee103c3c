"""The pre-flight: every distinct link asked once, many at a time, with the verdict of each.

Callers keep verdicts (each says when it was made); links they pass as `known` are not asked again.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver

from mms.media.check.addresses import GuardedConnector
from mms.media.check.fetch import Fetcher
from mms.media.check.host_queue import Line
from mms.media.check.limits import MediaLimits
from mms.media.check.url_check import LinkCheck
from mms.media.check.verdict import MediaProblem, MediaVerdict
from mms.media.image.isolated import glances
from mms.media.message_size import message_size_problem
from mms.media.store.own_pictures import OwnPictures

__all__ = [
    "MediaLimits",
    "MediaProblem",
    "MediaVerdict",
    "OwnPictures",
    "check_media",
    "check_media_urls",
    "message_size_problem",
]

Progress = Callable[[int, int], None]
_NAME_THREADS = 20
_DECODERS = 2  # threads that look at pictures; each may need 75 MB for a large one


def check_media(
    urls: Iterable[str],
    limits: MediaLimits | None = None,
    *,
    allow_private: bool,
    on_progress: Progress | None = None,
    own: OwnPictures | None = None,
    known: Mapping[str, MediaVerdict] | None = None,
) -> dict[str, MediaVerdict]:
    """`check_media_urls` for code without an event loop (a page, the command line, a thread).

    `on_progress` runs in the caller's thread, and what it raises ends the check: a page can be left at any moment.
    """
    with asyncio.Runner(loop_factory=_loop_of_our_own) as runner:
        return runner.run(
            check_media_urls(urls, limits, allow_private=allow_private, on_progress=on_progress, own=own, known=known)
        )


def _loop_of_our_own() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    # Names are looked up in threads; the usual handful would make thousands of hosts wait for each other.
    loop.set_default_executor(ThreadPoolExecutor(_NAME_THREADS, thread_name_prefix="names"))
    return loop


async def check_media_urls(
    urls: Iterable[str],
    limits: MediaLimits | None = None,
    *,
    allow_private: bool,
    on_progress: Progress | None = None,
    own: OwnPictures | None = None,
    known: Mapping[str, MediaVerdict] | None = None,
    resolver: AbstractResolver | None = None,
) -> dict[str, MediaVerdict]:
    """The verdict of each distinct link, in the order of their first use. Never raises for a link.

    `on_progress(done, total)` is called at the start and whenever another hundredth is done.
    """
    limits = limits or MediaLimits()
    order = dict.fromkeys(urls)
    verdicts = {url: verdict for url, verdict in (known or {}).items() if url in order}
    line = Line((url for url in order if url not in verdicts), limits.at_once_per_host)
    report = _Report(len(order), len(verdicts), on_progress)
    async with _link_check(limits, allow_private, own, resolver) as check:
        async for verdict in _in_turn(line, check, limits):
            verdicts[verdict.url] = verdict
            report.one_more()
    return {url: verdicts[url] for url in order}


async def _in_turn(line: Line, check: LinkCheck, limits: MediaLimits) -> AsyncIterator[MediaVerdict]:
    """Verdicts as they come. No more tasks than links asked at once, however long the line is."""
    running: set[asyncio.Task[MediaVerdict]] = set()
    thumbnails = 0
    try:
        while True:
            while len(running) < limits.at_once and (url := line.next()) is not None:
                running.add(asyncio.create_task(check.verdict(url)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                verdict = task.result()
                line.finished(verdict.url)
                thumbnails += len(verdict.thumbnail or b"")
                yield verdict if thumbnails <= limits.thumbnails_bytes else replace(verdict, thumbnail=None)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def _link_check(
    limits: MediaLimits, allow_private: bool, own: OwnPictures | None, resolver: AbstractResolver | None
) -> AsyncIterator[LinkCheck]:
    connector = GuardedConnector(allow_private=allow_private, trust=trusted_issuers(), resolver=resolver)
    with glances() as looking, ThreadPoolExecutor(_DECODERS, thread_name_prefix="media") as decoders:
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # a proxy would be asked instead of the address that was checked
            auto_decompress=False,
        ) as session:
            fetcher = Fetcher(session, limits, allow_private=allow_private)
            yield LinkCheck(fetcher, decoders, looking.look, limits, allow_private=allow_private, own=own)


def trusted_issuers() -> ssl.SSLContext:
    """The system's issuers and Mozilla's: some Python installations come without the first."""
    trust = ssl.create_default_context()
    trust.load_verify_locations(certifi.where())
    return trust


class _Report:
    """Tells how far the check is, but not for every one of thousands of links."""

    def __init__(self, total: int, done: int, tell: Progress | None) -> None:
        self._total = total
        self._done = done
        self._tell = tell or (lambda done, total: None)
        self._tell(done, total)

    def one_more(self) -> None:
        """Count a link; tell when that makes another hundredth."""
        before = self._done * 100 // self._total
        self._done += 1
        if self._done * 100 // self._total != before:
            self._tell(self._done, self._total)

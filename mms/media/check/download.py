"""One file from a web address, behind the same doors as the check of pictures, with limits of its own."""

import asyncio
import io

import aiohttp
from aiohttp.abc import AbstractResolver

from mms.media.check.addresses import GuardedConnector
from mms.media.check.fetch import Download, Fetcher
from mms.media.check.limits import MediaLimits
from mms.media.check.links import read_link
from mms.media.check.preflight import trusted_issuers


def download(
    url: str, *, max_bytes: int, seconds: float, allow_private: bool, resolver: AbstractResolver | None = None
) -> tuple[Download, bytes]:
    """The last answer and its body; an answer without success has none.

    Raises:
        LinkFault: the address is none, is private, does not answer in time, or the file is too large.
    """
    limits = MediaLimits(max_bytes=max_bytes, whole_seconds=seconds)
    return asyncio.run(_download(url, limits, allow_private=allow_private, resolver=resolver))


async def _download(
    url: str, limits: MediaLimits, *, allow_private: bool, resolver: AbstractResolver | None
) -> tuple[Download, bytes]:
    address = read_link(url, allow_private=allow_private, ports=limits.ports)
    connector = GuardedConnector(allow_private=allow_private, trust=trusted_issuers(), resolver=resolver)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
    ) as session:
        body = io.BytesIO()
        found = await Fetcher(session, limits, allow_private=allow_private).get(address, body)
    return found, body.getvalue()

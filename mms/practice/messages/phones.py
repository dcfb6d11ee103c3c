"""Practice phones that open links: a carrier's scanner, the phone's preview, and the person, each at its time.

They ask only for links of this very computer's installation: nothing leaves it in practice.
"""

import re
import secrets
from types import TracebackType
from typing import Self

import aiohttp

from mms.practice.messages.message import Message

_AGENTS = {
    "robot": "CarrierLinkScan/1.0 (python)",
    "preview": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
    "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "person": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.1 Mobile/15E148 Safari/604.1",
}
_OWN = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?/l/[A-Za-z0-9]+")
_ANY = re.compile(r"https?://\S*[^\s.,;:!?)]")
_SHORT = "https://links.example/"  # stands for the domain that a customer has set up with Twilio
_READS = 4.0  # seconds from the message's coming to the finger, before the time scale
_QUICKEST = 3.0  # however fast time goes in practice, nobody is quicker than people are
_TIMEOUT = aiohttp.ClientTimeout(total=10)


def short_links(body: str) -> list[str]:
    """The links of a text that lead over the installation on this computer."""
    return _OWN.findall(body)


def shortened(body: str) -> str:
    """As Twilio's Link Shortening leaves a text."""
    return _ANY.sub(lambda _found: f"{_SHORT}{secrets.token_urlsafe(6)}", body)


def when_opened(message: Message, who: str, time_scale: float) -> float:
    """When `robot`, `preview` or `person` asks for the link."""
    if who == "robot":
        return message.sent_at
    if who == "preview":
        return message.final_at
    spread = int(message.to_number[-2:]) / 10  # not everybody in the same second
    return max(message.final_at + (_READS + spread) * time_scale, message.created_at + _QUICKEST)


class Phones:
    """One HTTP session that follows no redirect: what is behind a link is not fetched. An async context manager."""

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=20)
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT, connector=connector)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def open(self, link: str, who: str) -> int | None:
        """The status of the answer; None when nobody answered."""
        try:
            answer = await self._session.get(link, headers={"User-Agent": _AGENTS[who]}, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError):
            return None
        answer.release()
        return answer.status

"""One link from its text to its verdict: what must not be asked, what need not be asked, then HEAD, GET, the file."""

import asyncio
import io
import logging
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import IO

from yarl import URL

from mms.media.check.fetch import Answer, Download, Fetcher
from mms.media.check.limits import MediaLimits
from mms.media.check.links import read_link
from mms.media.check.messages import LinkFault, Reason
from mms.media.check.network_errors import SILENCE
from mms.media.check.rules import (
    Evidence,
    require_accepted_type,
    require_picture_link,
    require_unexpired,
    require_usable,
)
from mms.media.check.verdict import MediaVerdict
from mms.media.image.decoding import Look
from mms.media.store.own_pictures import OwnPictures
from mms.media.store.picture_names import content_type_of

_log = logging.getLogger(__name__)
_IN_MEMORY = 262_144  # larger bodies go through a temporary file, so that many at once cost no memory
# What a server does that does not know HEAD; GET may still work, and the verdict should say which it is.
_HEAD_NOT_UNDERSTOOD = frozenset({Reason.HUNG_UP, Reason.BAD_HTTP, Reason.FIRST_BYTE_TIMEOUT})


class LinkCheck:
    """Shared by all links of one pre-flight; remembers hosts that do not answer."""

    def __init__(
        self,
        fetcher: Fetcher,
        decoders: Executor,
        look: Callable[[bytes], Look],
        limits: MediaLimits,
        *,
        allow_private: bool,
        own: OwnPictures | None,
    ) -> None:
        self._fetcher = fetcher
        self._decoders = decoders
        self._look = look
        self._limits = limits
        self._allow_private = allow_private
        self._own = own
        self._silent: Counter[str] = Counter()  # links in a row without an answer, by host

    async def verdict(self, url: str) -> MediaVerdict:
        """Never raises, whatever the link, its server or its file do: one link must not stop the others."""
        evidence = Evidence(url)
        try:
            await self._examine(evidence)
        except LinkFault as fault:
            return evidence.verdict(fault)
        except Exception:  # noqa: BLE001 - a thousand other links wait; the log has the traceback
            _log.exception("A media link could not be checked")  # without the link: it may carry a signature
            return evidence.verdict(LinkFault(Reason.OUR_FAULT))
        return evidence.verdict(None)

    async def _examine(self, evidence: Evidence) -> None:
        if self._own and (name := self._own.name_in(evidence.url)):
            await self._in_thread(partial(_note_own, evidence, self._own, name, self._look))
            require_accepted_type(evidence, "This installation")
            return
        require_picture_link(evidence.url)
        link = read_link(evidence.url, allow_private=self._allow_private, ports=self._limits.ports)
        require_unexpired(evidence)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            head, got = await self._ask_patiently(link, file, evidence)
            evidence.note_answer(got.answer)
            if got.size:
                await self._in_thread(partial(evidence.note_file, file, got.size, self._look))
        require_usable(head, got, evidence)

    async def _ask_patiently(
        self, link: URL, file: IO[bytes], evidence: Evidence
    ) -> tuple[Answer | LinkFault, Download]:
        """Ask again, later, where the server says that it is asked too often: by us, not by Twilio."""
        for pause in self._limits.busy_pauses:
            head, got = await self._ask(link, file, evidence)
            busy = [answer for answer in (head, got.answer) if isinstance(answer, Answer) and answer.is_busy]
            if not busy:
                return head, got
            await asyncio.sleep(max(pause, min(self._limits.longest_pause, busy[-1].retry_after)))
            file.seek(0)
            file.truncate()
        return await self._ask(link, file, evidence)

    async def _ask(self, link: URL, file: IO[bytes], evidence: Evidence) -> tuple[Answer | LinkFault, Download]:
        host = link.authority
        if self._silent[host] >= self._limits.silent_links_per_host:
            raise LinkFault(Reason.HOST_SILENT, host=link.host, count=self._silent[host])
        try:
            head = await self._head(link)
            if isinstance(head, Answer):
                evidence.note_answer(head)
            got = await self._fetcher.get(link, file)
        except LinkFault as fault:
            self._silent[host] = self._silent[host] + 1 if fault.reason in SILENCE else 0
            raise
        self._silent[host] = 0
        return head, got

    async def _head(self, link: URL) -> Answer | LinkFault:
        try:
            return await self._fetcher.head(link)
        except LinkFault as fault:
            if fault.reason in _HEAD_NOT_UNDERSTOOD:
                return fault
            raise

    async def _in_thread(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._decoders, work)


def _note_own(evidence: Evidence, own: OwnPictures, name: str, look: Callable[[bytes], Look]) -> None:
    data = own.read(name)
    if data is None:
        raise LinkFault(Reason.OWN_PICTURE_MISSING)
    evidence.is_ours = True
    evidence.visited = (evidence.url,)
    evidence.content_type = content_type_of(name)
    evidence.note_file(io.BytesIO(data), len(data), look)

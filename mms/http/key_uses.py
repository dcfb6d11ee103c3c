"""Notes the last use of keys beside the calls: a call never waits for that, nor fails because of it."""

import asyncio
import math
import time
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from mms.access.api_keys import note_use
from mms.http.work_threads import Overloaded, TookTooLong, WorkThreads
from mms.ledger import Ledger
from mms.settings import Settings

_NOTED_EVERY = 60.0  # seconds: last use is for people, not worth a commit for each call
_WRITE_SECONDS = 60.0


class KeyUses:
    """Lives on one event loop. One write a minute for each key at most, so that a locked database holds few threads."""

    def __init__(self, ledger: Ledger, settings: Settings, threads: WorkThreads) -> None:
        self._ledger = ledger
        self._settings = settings
        self._threads = threads
        self._noted: dict[str, float] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, name: str) -> None:
        """Remember that this key was used now; returns at once."""
        now = time.monotonic()
        if now - self._noted.get(name, -math.inf) < _NOTED_EVERY:
            return
        self._noted[name] = now
        task = asyncio.create_task(self._write(name))
        self._writing.add(task)  # the loop itself keeps no hold of its tasks
        task.add_done_callback(self._writing.discard)

    async def _write(self, name: str) -> None:
        with suppress(Overloaded, TookTooLong, SQLAlchemyError):  # the next minute's use is noted instead
            await self._threads.run(note_use, self._ledger, self._settings, name, seconds=_WRITE_SECONDS)

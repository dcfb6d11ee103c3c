"""Waits for Twilio's answers to queued messages: one look at the ledger serves everyone who waits."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from mms.campaigns.single_message import SingleResult, single_results
from mms.http.work_threads import Overloaded, TookTooLong, WorkThreads
from mms.ledger import Ledger

_LOOK_EVERY = 0.025
_LOOK_SECONDS = 5.0
_AT_ONCE = 500


class Outcomes:
    """Tells callers what became of their campaigns of one row. Lives on one event loop."""

    def __init__(self, ledger: Ledger, threads: WorkThreads) -> None:
        self._ledger = ledger
        self._threads = threads
        self._waiting: dict[int, list[asyncio.Future[SingleResult]]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._stopping = False

    async def of(self, campaign_id: int, seconds: float) -> SingleResult | None:
        """The result once Twilio has answered; None when `seconds` went by, or the server is stopping."""
        if self._stopping:
            return None
        future: asyncio.Future[SingleResult] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(campaign_id, []).append(future)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait({future}, timeout=seconds)
        self._forget(campaign_id, future)
        return future.result() if future.done() and not future.cancelled() else None

    def stop(self) -> None:
        """Let everyone go who waits: the worker goes on without us."""
        self._stopping = True
        for futures in self._waiting.values():
            for future in futures:
                future.cancel()

    def _forget(self, campaign_id: int, future: asyncio.Future[SingleResult]) -> None:
        futures = self._waiting.get(campaign_id, [])
        if future in futures:
            futures.remove(future)
        if not futures:
            self._waiting.pop(campaign_id, None)

    async def _look(self) -> None:
        while self._waiting:
            oldest = list(self._waiting)[:_AT_ONCE]
            try:
                found = await self._threads.run(single_results, self._ledger, oldest, seconds=_LOOK_SECONDS)
            except (Overloaded, TookTooLong, SQLAlchemyError):
                found = []
            for result in found:
                if not result.is_open:
                    self._tell(result)
            await asyncio.sleep(_LOOK_EVERY)

    def _tell(self, result: SingleResult) -> None:
        for future in self._waiting.pop(result.campaign_id, []):
            if not future.done():
                future.set_result(result)

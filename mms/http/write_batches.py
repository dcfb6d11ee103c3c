"""Short writes that wait together share one transaction: SQLite has one writer, and each commit is a disk flush."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from mms.http.work_threads import Overloaded, TookTooLong, WorkThreads

_AT_ONCE = 500
_MOST_WAITING = 5_000
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class Batches(Generic[_Asked, _Answer]):
    """Lives on one event loop. One transaction at a time; whoever comes meanwhile shares the next.

    `work` does many at once, in a thread, and answers each in order.
    """

    def __init__(
        self, threads: WorkThreads, work: Callable[[Sequence[_Asked]], list[_Answer]], *, seconds: float
    ) -> None:
        self._threads = threads
        self._work = work
        self._seconds = seconds
        self._waiting: list[tuple[_Asked, asyncio.Future[_Answer]]] = []
        self._working: asyncio.Task[None] | None = None

    async def do(self, asked: _Asked) -> _Answer:
        """The answer, once its transaction is committed.

        Raises:
            Overloaded: nothing was written.
            TookTooLong: it may be written, or not.
        """
        if len(self._waiting) >= _MOST_WAITING:
            raise Overloaded
        future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        entry = (asked, future)
        self._waiting.append(entry)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._run())
        await asyncio.wait({future}, timeout=self._seconds)
        if future.done():
            return future.result()
        future.cancel()
        if entry in self._waiting:
            self._waiting.remove(entry)
            raise Overloaded
        raise TookTooLong

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            error: Exception
            try:
                answers = await self._threads.run(
                    self._work, [asked for asked, _future in batch], seconds=self._seconds
                )
            except (Overloaded, TookTooLong) as known:
                error = known
            except SQLAlchemyError:
                error = TookTooLong()
            else:
                for (_asked, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
                continue
            for _asked, future in batch:
                if not future.done():
                    future.set_exception(error)

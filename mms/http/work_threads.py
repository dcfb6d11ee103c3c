"""Database work off the event loop: few threads, a bounded queue, and a time limit that the caller keeps."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_T = TypeVar("_T")
_THREADS = 8  # SQLite has one writer anyway; more threads would only wait for its lock
_QUEUE = 500


class Overloaded(Exception):  # noqa: N818 - a state, not a mistake
    """Nothing was begun: too much waits already, or the work could not begin in time."""


class TookTooLong(Exception):  # noqa: N818 - a state, not a mistake
    """The work goes on; whether it will succeed is not known."""


class WorkThreads:
    """Runs short blocking functions."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="mms-http")
        self._waiting = threading.BoundedSemaphore(_QUEUE)

    async def run(self, work: Callable[..., _T], *arguments: Any, seconds: float) -> _T:
        """The result of `work(*arguments)`.

        Raises:
            Overloaded: nothing was begun, so asking again is safe.
            TookTooLong: `seconds` went by while it ran.
        """
        if not self._waiting.acquire(blocking=False):
            raise Overloaded
        future = self._pool.submit(work, *arguments)
        future.add_done_callback(lambda _done: self._waiting.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
            raise (Overloaded if future.cancelled() else TookTooLong) from None

    def close(self) -> None:
        """Give up what has not begun; what runs is let finish."""
        self._pool.shutdown(wait=False, cancel_futures=True)

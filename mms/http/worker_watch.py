"""Keeps a worker alive while something is to be sent, asked about or tidied up: when woken, killed or frozen."""

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from mms.delivery.queue.watchfulness import Heartbeat, is_anything_ahead
from mms.errors import MmsError
from mms.http.readiness import OK
from mms.ledger import Ledger
from mms.ledger.periodic_work import is_slow_work_due
from mms.opt_outs.asking import is_due as replies_are_due
from mms.receipts import is_overdue
from mms.recurring.states import is_any_ahead

_LOOK_EVERY = 5.0  # seconds
_STARTS_WITHIN = 5.0  # a worker that was started is given so long to show that it is alive

log = structlog.get_logger(__name__)


class WorkerWatch:
    """Lives on one event loop. `start_worker` does nothing when one is alive.

    `end_if_it_hangs` is told for how long nobody has done the work, and says whether it has ended a worker.
    """

    def __init__(
        self,
        ledger: Ledger,
        account_sid: str,
        *,
        mode: str,
        start_worker: Callable[[], None],
        is_alive: Callable[[], bool],
        end_if_it_hangs: Callable[[float], bool],
    ) -> None:
        self._ledger = ledger
        self._account_sid = account_sid
        self._mode = mode
        self._start_worker = start_worker
        self._is_alive = is_alive
        self._end_if_it_hangs = end_if_it_hangs
        self._heartbeat = Heartbeat(ledger, account_sid)
        self._woken = asyncio.Event()
        self._started_at = -math.inf

    def wake(self) -> None:
        """There is something to send; returns at once."""
        self._woken.set()

    def state(self) -> str:
        """`ok`, or a sentence. A worker leaves when it has been idle for a while; that is no fault."""
        if not self._has_work():
            return OK
        if not self._is_alive():
            return "does not run although messages wait"
        return "does not answer although messages wait" if self._heartbeat.is_silent else OK

    def silent_for(self) -> float:
        """Seconds for which messages have waited and no worker has held their sender; 0 when all is well."""
        return self._heartbeat.silent_for()

    async def run(self) -> None:
        """Until cancelled."""
        woken = True
        while True:
            self._woken.clear()
            try:
                await asyncio.to_thread(self._look, woken)
            except (MmsError, OSError, SQLAlchemyError) as error:
                log.warning("worker not started", reason=type(error).__name__)
            woken = False
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_EVERY)
                woken = True

    def _look(self, woken: bool) -> None:
        if self._is_alive() and not self._end_if_it_hangs(self._heartbeat.silent_for()):
            return
        if time.monotonic() - self._started_at < _STARTS_WITHIN:
            return
        if woken or self._has_work() or self._has_slow_work():
            self._started_at = time.monotonic()
            self._start_worker()

    def _has_slow_work(self) -> bool:
        with self._ledger.read() as connection:
            now = self._ledger.now(connection)
            slow = is_slow_work_due(connection, self._account_sid, now)
            later = slow or is_any_ahead(connection, self._mode)
            return later or replies_are_due(connection, self._account_sid, now)

    def _has_work(self) -> bool:
        with self._ledger.read() as connection:
            now = self._ledger.now(connection)
            return is_anything_ahead(connection, self._account_sid, now) or is_overdue(connection, now)

"""Whether messages would go out now: the database answers, a worker is there, the account signs in."""

import time
from collections.abc import Callable
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from mms.http.routes.models import Readiness
from mms.http.work_threads import Overloaded, TookTooLong, WorkThreads
from mms.ledger import Ledger
from mms.operations.disk import Disk

OK = "ok"
_DATABASE_SECONDS = 2.0
_PROVIDER_SECONDS = 20.0
_ASK_PROVIDER_EVERY = 60.0


class ReadinessChecks:
    """Each check returns `ok` or a sentence; the provider is asked at most once a minute.

    A disk that is nearly full warns, a full one is no place to send from. `clock` warns only: a wrong clock makes
    nobody get a message twice, and a load balancer cannot put it right.
    """

    def __init__(
        self,
        ledger: Ledger,
        threads: WorkThreads,
        *,
        worker: Callable[[], str],
        provider: Callable[[], str],
        clock: Callable[[], str],
        disk: Callable[[], Disk | None],
    ) -> None:
        self._ledger = ledger
        self._threads = threads
        self._worker = worker
        self._provider = provider
        self._clock = clock
        self._disk = disk
        self._provider_said: tuple[float, str] | None = None

    async def look(self) -> Readiness:
        """How things stand; never raises."""
        database = await self._ask(self._database, _DATABASE_SECONDS)
        worker = await self._ask(self._worker, _DATABASE_SECONDS)
        provider = await self._ask(self._remembered_provider, _PROVIDER_SECONDS)
        disk = self._disk()
        ready = database == worker == provider == OK and not (disk and disk.is_full)
        status: Literal["READY", "NOT_READY"] = "READY" if ready else "NOT_READY"
        room = (disk and disk.warning) or OK
        return Readiness(
            status=status, database=database, worker=worker, provider=provider, clock=self._clock(), disk=room
        )

    async def _ask(self, check: Callable[[], str], seconds: float) -> str:
        try:
            return await self._threads.run(check, seconds=seconds)
        except (Overloaded, TookTooLong):
            return "does not answer in time"

    def _database(self) -> str:
        try:
            with self._ledger.read() as connection:
                self._ledger.now(connection)
        except SQLAlchemyError:
            return "cannot be reached"
        return OK

    def _remembered_provider(self) -> str:
        now = time.monotonic()
        if self._provider_said is None or now - self._provider_said[0] >= _ASK_PROVIDER_EVERY:
            self._provider_said = (now, self._provider())
        return self._provider_said[1]

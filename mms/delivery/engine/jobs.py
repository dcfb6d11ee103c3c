"""Work that happens again and again beside the sending (receipts, retention): planned at the engine, by name.

DBOS holds the plan: one time of each work is delayed, queued or under way, whichever worker planned it, and a kill
in the middle makes it happen once more. Each work is therefore idempotent. What an admin wants to see of it stands in
the ledger (`periodic_work`).
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mms.ledger import Ledger
from mms.ledger.periodic_work import note_end, note_start, seconds_until_due
from mms.settings import Settings
from mms.twilio_client import Account

_log = logging.getLogger("mms.delivery.engine")
_PLAN_AGAIN = 30.0  # seconds: a plan that another worker carried out, or that was lost with the engine's tables


@dataclass(frozen=True, slots=True)
class Job:
    """Done every so many seconds. A result of True means: more is to come, an idle worker should not leave."""

    name: str
    every_seconds: float
    work: Callable[[Ledger, Settings, Account], bool | None]


class PeriodicWork:
    """The jobs of one worker: planned through `plan(name, in_seconds=...)`, done by `do(name)` when they are due."""

    def __init__(self, jobs: Sequence[Job], ledger: Ledger, settings: Settings, account: Account) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._ledger, self._settings, self._account = ledger, settings, account
        self._planned: dict[str, float] = {}  # until when, by our clock, there is no need to plan it again
        self._wanted: set[str] = set()
        self._lock = threading.Lock()

    @property
    def is_wanted(self) -> bool:
        """Whether some job has more to do later."""
        return bool(self._wanted)

    def plan(self, plan: Callable[..., None]) -> None:
        """Plan what is not planned: at the start by what the ledger says, later one interval after the last time."""
        now = time.monotonic()
        missing = [job for job in self._jobs.values() if self._planned.get(job.name, 0.0) <= now]
        if not missing:
            return
        with self._ledger.read() as connection:
            at = self._ledger.now(connection)
            waits = {
                job.name: seconds_until_due(connection, self._account.account_sid, job.name, at) for job in missing
            }
        for job in missing:
            wait = min(job.every_seconds, waits[job.name])
            plan(job.name, in_seconds=wait)
            with self._lock:
                self._planned[job.name] = now + wait + max(_PLAN_AGAIN, job.every_seconds)

    def do(self, name: str) -> str:
        """One time of a work: `done`, `more`, `failed`, or `unknown` where another version planned it."""
        job = self._jobs.get(name)
        if job is None:
            return "unknown"
        with self._ledger.write() as connection:
            now = self._ledger.now(connection)
            note_start(connection, self._account.account_sid, name, now, now + job.every_seconds)
        error = self._work(job)
        with self._ledger.write() as connection:
            note_end(connection, self._account.account_sid, name, self._ledger.now(connection), error)
        with self._lock:
            self._planned.pop(name, None)
        return "failed" if error else "more" if name in self._wanted else "done"

    def _work(self, job: Job) -> str | None:
        try:
            wanted = job.work(self._ledger, self._settings, self._account)
        except Exception as error:  # noqa: BLE001 - whatever a job does, sending goes on
            _log.error("Job %s failed (%s)", job.name, type(error).__name__)
            return type(error).__name__
        (self._wanted.add if wanted else self._wanted.discard)(job.name)
        return None

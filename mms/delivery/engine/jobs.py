"""Periodic work beside the sending (receipts, retention): one thread, one job after the other, by name."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mms.ledger import Ledger
from mms.settings import Settings
from mms.twilio_client import Account

_log = logging.getLogger("mms.delivery.engine")
_LOOK_EVERY = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Called every so many seconds. A result of True means: more is to come, an idle worker should not leave."""

    name: str
    every_seconds: float
    work: Callable[[Ledger, Settings, Account], bool | None]


class JobThread(threading.Thread):
    """Runs the jobs until `stopping`. A job that fails is logged and called again at its next time."""

    def __init__(
        self,
        jobs: Sequence[Job],
        ledger: Ledger,
        settings: Settings,
        account: Account,
        stopping: threading.Event,
    ) -> None:
        super().__init__(name="jobs", daemon=True)
        self._with = (ledger, settings, account)
        self._stopping = stopping
        self._next = dict.fromkeys(jobs, 0.0)
        self._wanted: set[str] = set()

    @property
    def is_wanted(self) -> bool:
        """Whether some job has more to do later."""
        return bool(self._wanted)

    def run(self) -> None:
        """The thread's loop."""
        while not self._stopping.is_set():
            for job, due in self._next.items():
                if time.monotonic() >= due and not self._stopping.is_set():
                    self._do(job)
                    self._next[job] = time.monotonic() + job.every_seconds
            self._stopping.wait(_LOOK_EVERY)

    def _do(self, job: Job) -> None:
        try:
            wanted = job.work(*self._with)
        except Exception as error:  # noqa: BLE001 - whatever a job does, sending goes on
            _log.error("Job %s failed (%s)", job.name, type(error).__name__)
            return
        (self._wanted.add if wanted else self._wanted.discard)(job.name)

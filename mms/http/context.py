"""What the routes share for the life of the server."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import Request
from starlette.types import Scope

from mms import __version__
from mms.campaigns.pictures.drawn_pictures import DrawnPictures
from mms.delivery.engine.pulse import HangingWorker
from mms.http.idempotency import Call, admit_all
from mms.http.key_uses import KeyUses
from mms.http.middleware.error_responses import ApiProblem
from mms.http.middleware.rate_limit import RateLimit
from mms.http.readiness import OK, ReadinessChecks
from mms.http.send_results import Outcomes
from mms.http.work_threads import WorkThreads
from mms.http.worker_watch import WorkerWatch
from mms.http.write_batches import Batches
from mms.ledger import Ledger
from mms.links.clicks import Click, record_clicks
from mms.media.store.picture_store import FolderStore, PictureStore
from mms.operations.disk import Disk, disk_of
from mms.operations.metrics import Metrics
from mms.picture_templates.drawn_folder import drawn_folder
from mms.receipts import Effect, record_callbacks
from mms.settings import Settings
from mms.twilio_client import Account, check_account, clock_warning

ADMISSION_SECONDS = 10.0
WEBHOOK_SECONDS = 2.0
LAUNCHES_AT_ONCE = 2  # of eight threads: a large list takes a while to check
ClaimsOf = Callable[[Scope], Mapping[str, Any] | None]
Callback = tuple[Mapping[str, str], int | None]  # Twilio's fields, and the row that the address named


@dataclass(slots=True)
class Context:
    """One for each site."""

    settings: Settings
    ledger: Ledger
    account: Account
    account_now: Callable[[], Account]  # the stand-in may have moved since the start
    senders: tuple[str, ...]  # addresses to send from, the preferred one first
    start_worker: Callable[[], None]  # does nothing when one is alive
    worker_alive: Callable[[], bool]
    claims_of: ClaimsOf | None = None  # who signed in, by a request's cookies; None where nobody signs in
    threads: WorkThreads = field(default_factory=WorkThreads)
    rate_limit: RateLimit = field(default_factory=RateLimit)
    outcomes: Outcomes = field(init=False)
    admissions: Batches[Call, int | ApiProblem] = field(init=False)
    callbacks: Batches[Callback, Effect] = field(init=False)
    clicks: Batches[Click, None] = field(init=False)
    readiness: ReadinessChecks = field(init=False)
    metrics: Metrics = field(init=False)
    worker: WorkerWatch = field(init=False)
    pictures: PictureStore = field(init=False)
    drawn_pictures: DrawnPictures = field(init=False)
    key_uses: KeyUses = field(init=False)
    wrong_keys: RateLimit = field(default_factory=RateLimit)  # by address
    wrong_key_traces: RateLimit = field(default_factory=RateLimit)  # lines of the audit trail, by address
    launches: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, LAUNCHES_AT_ONCE))
    clock_ahead: float | None = None  # of this computer against Twilio's, when it was last asked

    def __post_init__(self) -> None:
        self.outcomes = Outcomes(self.ledger, self.threads)
        self.admissions = Batches(self.threads, partial(admit_all, self.ledger), seconds=ADMISSION_SECONDS)
        self.callbacks = Batches(self.threads, partial(record_callbacks, self.ledger), seconds=WEBHOOK_SECONDS)
        self.clicks = Batches(self.threads, partial(record_clicks, self.ledger), seconds=WEBHOOK_SECONDS)
        self.worker = WorkerWatch(
            self.ledger,
            self.account.account_sid,
            mode=self.settings.mode.value,
            start_worker=self.start_worker,
            is_alive=self.worker_alive,
            end_if_it_hangs=HangingWorker(self.settings).end_it,
        )
        self.readiness = ReadinessChecks(
            self.ledger,
            self.threads,
            worker=self.worker.state,
            provider=self._provider_state,
            clock=self._clock_state,
            disk=self.disk,
        )
        self.key_uses = KeyUses(self.ledger, self.settings, self.threads)
        self.metrics = Metrics(
            self.ledger, self.worker.silent_for, self.settings, worker_alive=self.worker_alive, version=__version__
        )
        self.pictures = FolderStore(self.settings.data_dir / "pictures")
        self.drawn_pictures = DrawnPictures(self.ledger, FolderStore(drawn_folder(self.settings)))

    def webhook_token(self) -> str | None:
        """What Twilio signs webhooks with; None when the settings have an API key only. May take a moment."""
        if self.settings.is_practice:
            return self.account_now().secret
        return self.settings.credentials.auth_token if self.settings.credentials else None

    def disk(self) -> Disk | None:
        """Room where the data lies, now."""
        return disk_of(self.settings)

    def stop(self) -> None:
        """Let everyone go who waits for an answer of Twilio's: the worker goes on without us."""
        self.outcomes.stop()

    def close(self) -> None:
        """Release threads and database connections."""
        self.threads.close()
        self.ledger.close()

    def _provider_state(self) -> str:
        report = check_account(self.account_now(), self.senders)
        self.clock_ahead = report.clock_ahead
        return OK if report.is_usable else " ".join(report.problems)

    def _clock_state(self) -> str:
        return clock_warning(self.clock_ahead) or OK


def context_of(request: Request) -> Context:
    """The context of the site that this request came to."""
    context: Context = request.app.state.context
    return context

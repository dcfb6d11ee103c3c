"""The worker process: finds work in the ledger, has it sent, survives what can be survived, leaves when idle."""

import logging
import math
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from filelock import Timeout
from sqlalchemy.exc import DBAPIError

from mms.delivery.engine.jobs import Job, PeriodicWork
from mms.delivery.engine.liveness import Liveness, liveness_for
from mms.delivery.engine.pulse import Pulse
from mms.delivery.engine.runs import Runs
from mms.delivery.engine.sweep import Sweep
from mms.delivery.engine.watchdog import HANGS, HANGS_AFTER, Watchdog
from mms.delivery.engine.worker_process import LOCK_SECONDS, ensure_worker, forget_stop, stop_requested, worker_lock
from mms.delivery.queue.watchfulness import senders_held
from mms.delivery.reconciliation.put_back import PUT_BACK, doubt_everything_open
from mms.delivery.sending.sender_run import WorkerContext, run_sender
from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.ledger.faults import database_sentence, is_lasting
from mms.ledger.moved import require_at_home
from mms.settings import Settings
from mms.twilio_client import Account

_log = logging.getLogger("mms.delivery.engine")
SWEEP_EVERY = 0.3
HAND_OVER_EVERY = 1.0
LEASES_EVERY = 5.0  # seconds between two looks whether our own runs still hold theirs
RUN_HANGS_AFTER = 120.0  # seconds of a run without its lease; to wait for a dead worker's lease takes 22
TIDY_EVERY = 3600.0
IDLE_SECONDS = 60.0
STOP_SECONDS = 10.0
_RETRY = (0.5, 10.0)  # seconds between tries while the database is away
_GIL_SECONDS = 0.001  # the ledger's threads must not hold up a request by Python's usual 5 ms


def run_worker(
    settings: Settings,
    account_for: Callable[[Settings], Account],
    *,
    jobs: Sequence[Job] = (),
    stay: bool = False,
    idle_seconds: float = IDLE_SECONDS,
) -> None:
    """Send what the ledger holds until nothing is left to do for `idle_seconds` (or for ever, with `stay`).

    When another worker runs on this data folder, returns at once, or (with `stay`) waits for its turn. SIGTERM, SIGINT
    and `stop_worker` stop it within ten seconds:
    nothing new leaves, answers are written down, the rest goes back. Does not return normally then, and not after
    idling: the process ends here, because the engine's threads would hold it up.
    """
    lock = worker_lock(settings)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        if not stay:
            _log.info("Another worker runs on this data folder")
            return
        _log.info("Another worker runs on this data folder; waiting for its end")
        lock.acquire()  # a service that ended here would stay dead while the other one leaves some day
    forget_stop(settings)
    pulse = Pulse(settings)
    pulse.begin()
    watchdog = Watchdog(HANGS_AFTER, beat=pulse.beat)
    watchdog.start()
    sys.setswitchinterval(_GIL_SECONDS)
    code = 1
    worker = _Worker(settings, account_for, jobs, stay=stay, idle_seconds=idle_seconds, turned=watchdog.turned)
    try:
        code = worker.run()
    except MmsError as error:
        _log.critical("%s The worker leaves.", error.message)
    except Exception:  # noqa: BLE001 - the last line of the process
        _log.exception("The worker failed")
    finally:
        pulse.end()
        lock.release()
        if code == 0 and worker.has_left_work():
            ensure_worker(settings)  # somebody saw us alive and relied on it, a moment before we left
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)


@dataclass(slots=True)
class _Active:
    """The senders that this process is in the middle of a run of."""

    senders: set[int] = field(default_factory=set)
    without_lease: dict[int, float] = field(default_factory=dict)  # since when, by a clock that nobody can set
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self, sender_id: int) -> Iterator[None]:
        with self.lock:
            self.senders.add(sender_id)
        try:
            yield
        finally:
            with self.lock:
                self.senders.discard(sender_id)

    def hangs(self, held: Collection[int], now: float) -> bool:
        """Whether a run has been without its lease for so long that its thread must be waiting for ever."""
        with self.lock:
            self.without_lease = {one: self.without_lease.get(one, now) for one in self.senders if one not in held}
        return any(now - since > RUN_HANGS_AFTER for since in self.without_lease.values())


class _Chore:
    """Something that the loop does every so many seconds; what failed is due again."""

    def __init__(self, every: float, *works: Callable[[], None]) -> None:
        self._every, self._works = every, works
        self._done_at = -math.inf

    def do_when_due(self) -> None:
        if time.monotonic() - self._done_at >= self._every:
            for work in self._works:
                work()
            self._done_at = time.monotonic()


class _Worker:
    def __init__(
        self,
        settings: Settings,
        account_for: Callable[[Settings], Account],
        jobs: Sequence[Job],
        *,
        stay: bool,
        idle_seconds: float,
        turned: Callable[[], None],
    ) -> None:
        self._settings, self._account_for, self._jobs = settings, account_for, jobs
        self._turned = turned
        self._stay, self._idle_seconds = stay, idle_seconds
        self._stopping = threading.Event()
        self._active = _Active()
        self._left_idle: Sweep | None = None
        self._name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"

    def run(self) -> int:
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, self._stop)
        ledger = self._patiently(lambda: open_ledger(self._settings))
        if ledger is None:
            return 0
        require_at_home(ledger)
        account = self._account_for(self._settings)
        liveness = liveness_for(ledger, self._name)
        self._patiently(liveness.keep)
        runs = Runs(ledger, account.account_sid, self._name, liveness)
        self._context = WorkerContext(
            ledger, self._settings, self._account_for, self._name, liveness.is_dead, self._stopping
        )
        self._patiently(lambda: self._doubt_if_put_back(ledger))
        periodic = PeriodicWork(self._jobs, ledger, self._settings, account)
        self._patiently(lambda: runs.launch(self._send, periodic.do))
        _log.info("Worker %s is ready", self._name)
        self._sweep(ledger, account, runs, liveness, periodic)
        return self._leave(liveness)

    def _doubt_if_put_back(self, ledger: Ledger) -> None:
        """Before anything of this process leaves; each claim asks again."""
        with ledger.write() as connection:
            if self._context.high_water.is_ahead_of(connection):
                count = doubt_everything_open(connection, ledger.now(connection))
                _log.critical("%s Every campaign is paused; messages in doubt: %s", PUT_BACK, count)

    def _sweep(self, ledger: Ledger, account: Account, runs: Runs, liveness: Liveness, periodic: PeriodicWork) -> None:
        sweep = Sweep(ledger, account.account_sid)
        idle_since = time.monotonic()
        chores = (
            _Chore(HAND_OVER_EVERY, liveness.keep, runs.hand_over),
            _Chore(LEASES_EVERY, lambda: self._end_if_a_run_hangs(ledger, account)),
            _Chore(TIDY_EVERY, runs.delete_old),
        )
        pause = _RETRY[0]
        while not self._stopping.is_set():
            self._turned()
            try:
                for chore in chores:
                    chore.do_when_due()
                periodic.plan(runs.plan)
                for sender_id in set(sweep.senders_with_work()) - self._active.senders:
                    runs.start(sender_id)
                if sweep.is_busy or self._active.senders or periodic.is_wanted:
                    idle_since = time.monotonic()
                pause = _RETRY[0]
            except DBAPIError as error:
                _log.error("The database does not answer (%s); trying again", type(error.orig).__name__)
                self._active.without_lease = {}  # nobody could renew one
                self._stopping.wait(pause)
                pause = min(_RETRY[1], 2 * pause)
            if not self._stay and time.monotonic() - idle_since > self._idle_seconds:
                _log.info("Nothing to do; the worker leaves")
                self._left_idle = sweep
                self._stopping.set()
            if stop_requested(self._settings):
                self._stopping.set()
            self._stopping.wait(SWEEP_EVERY)

    def _end_if_a_run_hangs(self, ledger: Ledger, account: Account) -> None:
        """No other run of that sender begins in this process, and its lock keeps other processes away: so it ends."""
        with ledger.read() as connection:
            held = senders_held(connection, account.account_sid, ledger.now(connection))
        if self._active.hangs(held, time.monotonic()):
            _log.critical("A run has lost its lease and does not end; this process ends, another takes over")
            logging.shutdown()
            os._exit(HANGS)

    def _send(self, sender_id: int) -> str:
        with self._active.running(sender_id):
            return run_sender(self._context, sender_id).value

    def _leave(self, liveness: Liveness) -> int:
        deadline = time.monotonic() + STOP_SECONDS
        while self._active.senders and time.monotonic() < deadline:
            time.sleep(0.02)
        liveness.leave()
        return 0

    def has_left_work(self) -> bool:
        """Whether work came in while this worker was leaving because it had none."""
        return self._left_idle is not None and bool(self._left_idle.senders_with_work())

    def _stop(self, _signal_number: int, _frame: Any) -> None:
        self._stopping.set()

    def _patiently(self, work: Callable[[], Any]) -> Any:
        """Try until the database answers; None when asked to stop meanwhile."""
        pause = _RETRY[0]
        while not self._stopping.is_set():
            try:
                return work()
            except DBAPIError as error:
                if is_lasting(error):
                    _log.error("%s The worker leaves.", database_sentence(error))
                    return None
                _log.error("The database does not answer (%s); trying again", type(error.orig).__name__)
                self._stopping.wait(pause)
                pause = min(_RETRY[1], 2 * pause)
        return None

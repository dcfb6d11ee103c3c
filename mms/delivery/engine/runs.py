"""All of DBOS: a durable run per sender, and the work that happens again and again. Disposable.

A sender's run and a periodic work have a deduplication id, so there is one of each at a time, whichever worker asked
for it. The ledger alone is enough to go on: what DBOS has lost is started anew. What DBOS cannot do, and
this file does: taking over what a dead process left (`hand_over`), because the open engine restarts only its own.
Settings and the experiments behind them: docs/architecture-sending.md.
"""

import logging
import sqlite3
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from typing import Any

from dbos import DBOS, DBOSPortableJSONSerializer
from sqlalchemy import Engine, event, text

from mms.delivery.engine.liveness import Liveness
from mms.delivery.queue.watchfulness import SENDERS_AT_ONCE
from mms.ledger import Ledger
from mms.ledger.database import POSTGRES_CONNECTION

_log = logging.getLogger("mms.delivery.engine")
_APPLICATION = "mms"
_VERSION = "1"  # fixed for ever: with another one running runs would be left behind
_OPEN = ["PENDING", "ENQUEUED", "DELAYED"]
_COMPLAIN_EVERY = 10.0
_KEEP_FINISHED = 3_600.0  # seconds
_FROZEN_AFTER = 5.0  # seconds by which a lease may be overdue before its holder counts as frozen
_PERIODIC_AT_ONCE = 4  # works in one process: one that takes long holds up no other

_STALLED = text("SELECT id FROM mms_senders WHERE account_sid = :account AND held_until BETWEEN 1 AND :late")
_ASK_AGAIN = 1.0  # seconds before a sender whose run is somebody else's is asked for again

_send: Callable[[int], str] | None = None  # what a run does; set at launch, in the one process that launches
_work: Callable[[str], str] | None = None  # what a periodic work of this name does, likewise


@DBOS.step(name="send", retries_allowed=True, interval_seconds=2, backoff_rate=1, max_attempts=1_000_000)
def _send_step(sender_id: int) -> str:
    """One long step: rows are durable in the ledger, so DBOS has nothing to remember in between."""
    if _send is None:
        raise RuntimeError("a run was dispatched before the worker was ready")
    return _send(sender_id)


@DBOS.workflow(name="run_sender", max_recovery_attempts=None)
def _run_sender(sender_id: int) -> str:
    """Taken over by another holder means: try to get the lease again. DBOS parks us here if the run is another's."""
    while (ending := _send_step(sender_id)) == "fenced":
        pass
    return ending


@DBOS.step(name="work")
def _work_step(name: str) -> str:
    if _work is None:
        raise RuntimeError("a periodic work was dispatched before the worker was ready")
    return _work(name)


@DBOS.workflow(name="periodic", max_recovery_attempts=None)
def _periodic(name: str) -> str:
    """One time of a periodic work. Whatever is left half done by a kill is done again: each work is idempotent."""
    return _work_step(name)


class _Sparse(logging.Filter):
    """While the database is away DBOS complains ten times a second; once in ten seconds will do."""

    def __init__(self) -> None:
        super().__init__()
        self._last = -_COMPLAIN_EVERY

    def filter(self, record: logging.LogRecord) -> bool:
        if time.monotonic() - self._last < _COMPLAIN_EVERY:
            return False
        self._last = time.monotonic()
        return True


@event.listens_for(Engine, "connect")
def _teach_subseconds(connection: Any, _record: object) -> None:
    """From Python 3.12 on DBOS stamps with unixepoch('subsec'): NULL before SQLite 3.42, and Debian 12 has 3.40."""
    if isinstance(connection, sqlite3.Connection) and sqlite3.sqlite_version_info < (3, 42):
        connection.create_function("unixepoch", -1, lambda *_: time.time())


class Runs:
    """The runs of one account's senders and its periodic work, as this process sees them."""

    def __init__(self, ledger: Ledger, account_sid: str, executor_id: str, liveness: Liveness) -> None:
        self._ledger, self._account_sid = ledger, account_sid
        self._executor_id, self._liveness = executor_id, liveness
        self._sends, self._periodic = f"sends-{account_sid}", f"periodic-{account_sid}"
        self._asked_at: dict[int, float] = {}

    def launch(self, send: Callable[[int], str], work: Callable[[str], str]) -> None:
        """Become an executor; creates DBOS's tables if need be. What fails half-way is undone and can be repeated."""
        global _send, _work
        _send, _work = send, work
        try:
            self._launch()
        except Exception:
            DBOS.destroy()
            raise

    def _launch(self) -> None:
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": self._ledger.url,
                "executor_id": self._executor_id,
                "application_version": _VERSION,
                "serializer": DBOSPortableJSONSerializer(),
                "notification_coalesce_sec": 1.0,
                "sys_db_pool_size": 8,
                "sys_db_idle_transaction_timeout_sec": 15,
                "log_level": "WARNING",
                "db_engine_kwargs": {"connect_args": {} if self._ledger.is_sqlite else {**POSTGRES_CONNECTION}},
            }
        )
        logging.getLogger("dbos").addFilter(_Sparse())
        DBOS.listen_queues([self._sends, self._periodic])
        DBOS.launch()
        DBOS.register_queue(
            self._sends,
            worker_concurrency=SENDERS_AT_ONCE[self._ledger.is_sqlite],
            polling_interval_sec=0.25,
        )
        DBOS.register_queue(self._periodic, worker_concurrency=_PERIODIC_AT_ONCE, polling_interval_sec=0.5)

    def start(self, sender_id: int) -> None:
        """Start a run of a sender, unless one is queued or under way anywhere."""
        now = time.monotonic()
        if now - self._asked_at.get(sender_id, -_ASK_AGAIN) < _ASK_AGAIN:
            return
        self._asked_at[sender_id] = now
        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": "run_sender",
                "queue_name": self._sends,
                "workflow_id": f"s{sender_id}-{uuid.uuid4().hex[:12]}",
                "deduplication_id": str(sender_id),
                "duplication_policy": "return-existing",
                "app_version": _VERSION,
            },
            sender_id,
        )

    def plan(self, name: str, *, in_seconds: float) -> None:
        """Have a periodic work done once, so many seconds from now, unless it is planned or under way anywhere."""
        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": "periodic",
                "queue_name": self._periodic,
                "deduplication_id": name,
                "duplication_policy": "return-existing",
                "delay_seconds": in_seconds,
                "app_version": _VERSION,
            },
            name,
        )

    def hand_over(self) -> None:
        """What was left by processes that are gone, or that let their lease run out, is begun anew.

        A frozen process keeps its lock. When it wakes up it finds a new fence, sends nothing, and DBOS parks it.
        """
        with self._ledger.read() as connection:
            values = {"account": self._account_sid, "late": self._ledger.now(connection) - _FROZEN_AFTER}
            stalled = {f"s{sender_id}" for sender_id in connection.execute(_STALLED, values).scalars()}
        for run in self._left_by_others(self._sends, stalled):
            DBOS.cancel_workflow(run)  # the ledger knows what is left: the sweep starts the sender's next run
        for run in self._left_by_others(self._periodic, frozenset()):
            DBOS.resume_workflow(run, queue_name=self._periodic)

    def _left_by_others(self, queue: str, stalled: Collection[str]) -> Iterator[str]:
        for run in DBOS.list_workflows(status="PENDING", queue_name=queue, load_input=False, load_output=False):
            is_other = run.executor_id not in (None, self._executor_id)
            is_stalled = run.workflow_id.split("-")[0] in stalled
            if is_other and (is_stalled or self._liveness.is_gone(run.executor_id or "")):
                _log.warning("Run %s was left by %s; another worker goes on", run.workflow_id, run.executor_id)
                yield run.workflow_id

    def delete_old(self) -> None:
        """Finished runs older than an hour: what became of each row stands in the ledger."""
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - _KEEP_FINISHED))
        finished: list[Any] = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=5000, load_input=False, load_output=False
        )
        if finished:
            DBOS.delete_workflows([run.workflow_id for run in finished])

"""All of DBOS: one durable run per sender at a time, started, handed over and forgotten. Disposable.

The ledger alone is enough to go on: a run that DBOS has lost is started anew under the next number. Settings and
the experiments behind them: docs/architecture-sending.md.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from dbos import DBOS, DBOSPortableJSONSerializer
from sqlalchemy import Engine, event, text

from mms.delivery.engine.liveness import Liveness
from mms.ledger import Ledger

_log = logging.getLogger("mms.delivery.engine")
_APPLICATION = "mms"
_VERSION = "1"  # fixed for ever: with another one running runs would be left behind
_OPEN = ["PENDING", "ENQUEUED", "DELAYED"]
_COMPLAIN_EVERY = 10.0
_KEEP_FINISHED = 30 * 86_400.0  # seconds
_LOST_AFTER = 3.0  # seconds between marking a run in the ledger and its row at DBOS: not lost yet
_FROZEN_AFTER = 5.0  # seconds by which a lease may be overdue before its holder counts as frozen
_OF_ONE_PROCESS = {True: 64, False: 8}  # senders at a time: SQLite has one worker, PostgreSQL shares among hosts

_NEXT_RUN = text(
    "UPDATE mms_senders SET run_no = run_no + 1, run_active = :active WHERE id = :sender AND run_active = :idle"
    " RETURNING run_no"
)
_ACTIVE = text("SELECT id, run_no FROM mms_senders WHERE run_active = :active AND account_sid = :account")
_STALLED = text("SELECT id, run_no FROM mms_senders WHERE account_sid = :account AND held_until BETWEEN 1 AND :late")
_LOST = text("UPDATE mms_senders SET run_active = :idle WHERE id = :sender AND run_no = :run_no")

_send: Callable[[int], str] | None = None  # what a run does; set at launch, in the one process that launches


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
    """The runs of one account's senders, as this process sees them."""

    def __init__(self, ledger: Ledger, account_sid: str, executor_id: str, liveness: Liveness) -> None:
        self._ledger, self._account_sid = ledger, account_sid
        self._executor_id, self._liveness = executor_id, liveness
        self._queue = f"sends-{account_sid}"
        self._missing: dict[str, float] = {}

    def launch(self, send: Callable[[int], str]) -> None:
        """Become an executor. Creates DBOS's tables if need be."""
        global _send  # noqa: PLW0603 - DBOS finds workflows by name, without our objects
        _send = send
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
            }
        )
        logging.getLogger("dbos").addFilter(_Sparse())
        DBOS.listen_queues([self._queue])
        DBOS.launch()
        DBOS.register_queue(
            self._queue,
            partition_concurrency=1,
            global_concurrency=1000,  # without it partitions overlap on PostgreSQL
            worker_concurrency=_OF_ONE_PROCESS[self._ledger.is_sqlite],
            polling_interval_sec=0.25,
        )

    def start(self, sender_id: int) -> None:
        """Start the next run of a sender, unless one is active."""
        with self._ledger.write() as connection:
            values = {"sender": sender_id, "active": True, "idle": False}
            run_no = connection.execute(_NEXT_RUN, values).scalar_one_or_none()
        if run_no is not None:
            DBOS.enqueue_workflow_with_options(
                {
                    "workflow_name": "run_sender",
                    "queue_name": self._queue,
                    "workflow_id": _run_id(sender_id, run_no),
                    "queue_partition_key": str(sender_id),
                    "app_version": _VERSION,
                },
                sender_id,
            )

    def hand_over(self) -> None:
        """Runs of processes that are gone, or that let their lease run out, go back to the queue.

        A frozen process keeps its lock. When it wakes up it finds a new fence, sends nothing, and DBOS parks it.
        """
        with self._ledger.read() as connection:
            values = {"account": self._account_sid, "late": self._ledger.now(connection) - _FROZEN_AFTER}
            stalled = {_run_id(row.id, row.run_no) for row in connection.execute(_STALLED, values)}
        for run in DBOS.list_workflows(status="PENDING", queue_name=self._queue, load_input=False, load_output=False):
            other = run.executor_id not in (None, self._executor_id)
            if other and (run.workflow_id in stalled or self._liveness.is_gone(run.executor_id or "")):
                _log.warning("Run %s was left by %s; another worker goes on", run.workflow_id, run.executor_id)
                DBOS.resume_workflow(run.workflow_id, queue_name=self._queue)

    def heal(self) -> None:
        """Forget runs that the ledger calls active and DBOS does not know any more, or not as open."""
        with self._ledger.read() as connection:
            values = {"active": True, "account": self._account_sid}
            active = {_run_id(row.id, row.run_no): row for row in connection.execute(_ACTIVE, values)}
        if not active:
            self._missing.clear()
            return
        known = DBOS.list_workflows(workflow_ids=list(active), status=_OPEN, load_input=False, load_output=False)
        now = time.monotonic()
        lost = active.keys() - {run.workflow_id for run in known}
        self._missing = {run_id: self._missing.get(run_id, now) for run_id in lost}
        for run_id, since in self._missing.items():
            if now - since > _LOST_AFTER:
                _log.warning("Run %s is lost; the next one takes its place", run_id)
                with self._ledger.write() as connection:
                    row = active[run_id]
                    connection.execute(_LOST, {"sender": row.id, "run_no": row.run_no, "idle": False})

    def delete_old(self) -> None:
        """Finished runs older than thirty days."""
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - _KEEP_FINISHED))
        finished: list[Any] = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=1000, load_input=False, load_output=False
        )
        if finished:
            DBOS.delete_workflows([run.workflow_id for run in finished])


def _run_id(sender_id: int, run_no: int) -> str:
    return f"s{sender_id}-r{run_no}"

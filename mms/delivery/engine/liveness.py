"""Who is alive: each worker process holds a lock named after itself for as long as it lives."""

import hashlib
import time
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from mms.ledger import Ledger

SETTLE_SECONDS = 10.0  # after a database restart everybody looks dead for a moment

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_UNLOCK = text("SELECT pg_advisory_unlock(:key)")


class Liveness(Protocol):
    """Tells the living from the dead."""

    def keep(self) -> None:
        """Take the lock of this process; call again from time to time, it may have been lost."""

    def is_gone(self, name: str) -> bool:
        """Whether the process of that name holds its lock no more."""

    def is_dead(self, name: str) -> bool:
        """Whether it surely does nothing any more, so that its lease need not run out."""

    def leave(self) -> None:
        """Give the lock back."""


def liveness_for(ledger: Ledger, name: str) -> Liveness:
    """File locks beside a SQLite file, advisory locks in PostgreSQL."""
    if not ledger.is_sqlite:
        return _DatabaseLocks(ledger, name)
    file = make_url(ledger.url).database
    return _FileLocks(Path(file or "").parent / "workers", name)


class _FileLocks:
    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._name = folder, name
        self._own = self._lock(name)

    def keep(self) -> None:
        if not self._own.is_locked:
            self._own.acquire(timeout=1)

    def is_gone(self, name: str) -> bool:
        """A free lock file is removed on the way, so that they do not pile up."""
        if not name or name == self._name:
            return False
        lock = self._lock(name)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        lock.release()
        (self._folder / f"{name}.lock").unlink(missing_ok=True)
        return True

    def is_dead(self, name: str) -> bool:
        return self.is_gone(name)

    def leave(self) -> None:
        self._own.release()
        (self._folder / f"{self._name}.lock").unlink(missing_ok=True)

    def _lock(self, name: str) -> FileLock:
        return FileLock(self._folder / f"{name}.lock", thread_local=False)


class _DatabaseLocks:
    """A dedicated connection: its lock lives and dies with it. Not for PgBouncer in transaction mode."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger, self._name = ledger, name
        self._connection: Connection | None = None
        self._kept_since = 0.0

    def keep(self) -> None:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except DBAPIError:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
        if self._connection is None:
            connection = self._ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(_TRY, {"key": _key(self._name)})
            self._connection, self._kept_since = connection, time.monotonic()

    def is_gone(self, name: str) -> bool:
        if not name or name == self._name or self._connection is None:
            return False
        if time.monotonic() - self._kept_since < SETTLE_SECONDS:
            return False
        free = bool(self._connection.execute(_TRY, {"key": _key(name)}).scalar_one())
        if free:
            self._connection.execute(_UNLOCK, {"key": _key(name)})
        return free

    def is_dead(self, name: str) -> bool:
        """Never sure: a worker that the network cut off from the database may still reach Twilio."""
        return False

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)

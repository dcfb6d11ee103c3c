"""One place that opens the database: SQLite with write-ahead log, or PostgreSQL.

Writers take the lock when they begin, so that a short transaction never fails half-way; readers never
block them. Parameters never show in error texts: they hold numbers and messages.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from mms.errors import MmsError

BUSY_SECONDS = 30
POSTGRES_CONNECTION: dict[str, Any] = {  # the engine's connections have the same ones
    "connect_timeout": 5,
    # A host that vanished without a word costs seconds and not the system's quarter of an hour.
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "options": "-c idle_in_transaction_session_timeout=15000 -c lock_timeout=20000 -c statement_timeout=120000",
}
_SQLITE_NOW = text("SELECT (julianday('now') - 2440587.5) * 86400.0")
_POSTGRES_NOW = text("SELECT extract(epoch FROM clock_timestamp())::float8")


class Ledger:
    """Opens transactions; every query lives in a module of its own subject."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; committed at the end, rolled back on any error."""
        with self.engine.connect() as connection:
            writing = connection.execution_options(mms_writes=True)
            with writing.begin():
                yield writing

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """As `write`, for migrations: SQLite rebuilds tables that others point to, so it must not look at that."""
        with self.engine.connect() as connection:
            rebuilding = connection.execution_options(mms_writes=True, mms_rebuilds=True)
            with rebuilding.begin():
                yield rebuilding
        self.engine.dispose()  # the next connection looks again

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing may be written in it."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the database's clock, which all processes share."""
        return float(connection.execute(_SQLITE_NOW if self.is_sqlite else _POSTGRES_NOW).scalar_one())

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    file = _private_file(make_url(url).database)
    opened = _identity(file)
    lock = FileLock(file.with_name(f"{file.name}.lock"), timeout=BUSY_SECONDS, mode=0o600)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "do_connect")
    @event.listens_for(engine, "checkout")
    def _same_file(*_arguments: Any) -> None:
        """An open file stays usable after its removal: what we wrote there would be lost, unseen by the others.

        And whoever connects to a file that is gone would make an empty one.
        """
        if _identity(file) != opened:
            raise sqlite3.OperationalError(f"the database file {file.name} was removed or replaced while it was open")

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        _write_ahead(connection, lock)
        connection.execute("PRAGMA synchronous=FULL")  # NORMAL can forget a `sending` mark on power loss
        connection.execute("PRAGMA foreign_keys=ON")
        connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("mms_rebuilds", False):
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # without effect once a transaction has begun
        writes = connection.get_execution_options().get("mms_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _identity(file: Path) -> tuple[int, int] | None:
    """Which file the name leads to; None when it leads nowhere."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _write_ahead(connection: sqlite3.Connection, lock: FileLock) -> None:
    """Switch a new file to the write-ahead log, one process at a time.

    Two that switch together stand in each other's way, and SQLite then refuses one at once instead of letting it
    wait (sqlite.org/c3ref/busy_handler.html): whoever first opens a new installation would see "database is locked".
    """
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    with lock:
        connection.execute("PRAGMA journal_mode=WAL")


def _postgres_engine(url: str) -> Engine:
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=POSTGRES_CONNECTION)


def _private_file(path: str | None) -> Path:
    """Create the SQLite file readable by its owner only; SQLite gives the -wal and -shm files the same mode."""
    if not path or path == ":memory:":
        raise MmsError("DATABASE_URL must name a file: campaigns must survive a restart", code="settings")
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    return file


def _lower(value: Any) -> Any:
    """As PostgreSQL does: a name or a city is found in any case, whatever its letters."""
    return value.lower() if isinstance(value, str) else value

"""The durable log: every message and every create request, in one SQLite file, written before it is answered.

All that arrived while the event loop was busy goes out in one transaction. The commit happens on the loop itself:
without a sync to the platter it takes tens of microseconds, less than handing it to a thread.
"""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mms.practice.messages.message import Message

_VERSION = 1  # a file of another version is emptied: it is only practice
_TABLES = ("messages", "requests", "opt_outs")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    sid TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, to_number TEXT NOT NULL, from_number TEXT NOT NULL,
    service_sid TEXT NOT NULL, body TEXT NOT NULL, media TEXT NOT NULL, segments INTEGER NOT NULL,
    created_at REAL NOT NULL, starts_at REAL NOT NULL, queued_at REAL NOT NULL, sent_at REAL NOT NULL,
    final_at REAL NOT NULL, priced_at REAL NOT NULL, final_status TEXT NOT NULL, error_code INTEGER,
    price TEXT NOT NULL, callback TEXT NOT NULL, canceled_at REAL
);
CREATE INDEX IF NOT EXISTS messages_to ON messages (to_number, sent_at);
CREATE INDEX IF NOT EXISTS messages_sent ON messages (sent_at);
CREATE INDEX IF NOT EXISTS messages_callback ON messages (final_at) WHERE callback <> '';
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY,
    arrived_at REAL NOT NULL, monotonic REAL NOT NULL, form TEXT NOT NULL,
    fault TEXT NOT NULL, status INTEGER NOT NULL, code INTEGER, sid TEXT
);
CREATE TABLE IF NOT EXISTS opt_outs (person TEXT, sender TEXT, PRIMARY KEY (person, sender));
"""


class CreateRecord(NamedTuple):
    """A create request that arrived: when, with what, and what was made of it."""

    arrived_at: float
    monotonic: float
    form: str
    fault: str
    status: int  # 0 when the connection was left without an answer
    code: int | None
    sid: str | None


def _insert(table: str, row: type[Any]) -> str:
    fields: Sequence[str] = row._fields
    return f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})"  # noqa: S608


_INSERT_MESSAGE = _insert("messages", Message)
_INSERT_REQUEST = _insert("requests", CreateRecord)
_COLUMNS = ", ".join(Message._fields)


class MessageLog:
    """Opens or creates the file. Not thread-safe: it belongs to one event loop."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        # The file outlives a killed process; only a power cut could cost the last moments of a practice run.
        self._db.execute("PRAGMA synchronous = OFF")
        self._create_tables()
        self._messages: list[Message] = []
        self._requests: list[CreateRecord] = []
        self._committed: asyncio.Future[None] | None = None

    def _create_tables(self) -> None:
        if self._db.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            for table in _TABLES:
                self._db.execute(f"DROP TABLE IF EXISTS {table}")
        self._db.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")

    def close(self) -> None:
        """Write what is left and close the file."""
        self._commit()
        self._db.close()

    async def add(self, record: CreateRecord, message: Message | None = None) -> None:
        """Write both; returns once they are in the file, together with all that arrived meanwhile."""
        self._requests.append(record)
        if message:
            self._messages.append(message)
        await asyncio.shield(self._next_commit())  # one waiter giving up must not take the others along

    async def add_message(self, message: Message) -> None:
        """Write a message that no create request brought, such as a reply."""
        self._messages.append(message)
        await asyncio.shield(self._next_commit())

    def _next_commit(self) -> asyncio.Future[None]:
        if self._committed is None:
            loop = asyncio.get_running_loop()
            self._committed = loop.create_future()
            loop.call_soon(self._commit)
        return self._committed

    def _commit(self) -> None:
        messages, self._messages = self._messages, []
        requests, self._requests = self._requests, []
        committed, self._committed = self._committed, None
        try:
            with self._db:
                self._db.execute("BEGIN")
                self._db.executemany(_INSERT_MESSAGE, messages)
                self._db.executemany(_INSERT_REQUEST, requests)
        except sqlite3.Error as error:
            if committed is None:
                raise
            committed.set_exception(error)
        else:
            if committed is not None:
                committed.set_result(None)

    def find(self, sid: str) -> Message | None:
        """The message with this SID."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM messages WHERE sid = ?", (sid,)).fetchone()  # noqa: S608
        return Message(*row) if row else None

    def replace(self, message: Message) -> None:
        """Store what an update may change: a redacted body, a cancellation."""
        self._db.execute(
            "UPDATE messages SET body = ?, canceled_at = ? WHERE sid = ?",
            (message.body, message.canceled_at, message.sid),
        )

    def delete(self, sid: str) -> None:
        """Remove one message."""
        self._db.execute("DELETE FROM messages WHERE sid = ?", (sid,))

    def select(self, where: str, values: Iterable[Any], *, limit: int, offset: int = 0) -> list[tuple[int, Message]]:
        """Messages with their row ids, newest `sent_at` first. `where` is SQL of this package, never input."""
        rows = self._db.execute(
            f"SELECT id, {_COLUMNS} FROM messages WHERE {where}"  # noqa: S608
            " ORDER BY sent_at DESC, id DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [(row[0], Message(*row[1:])) for row in rows]

    def count(self, where: str, values: Iterable[Any]) -> int:
        """How many messages match; `where` as in `select`."""
        found: int = self._db.execute(f"SELECT count(*) FROM messages WHERE {where}", tuple(values)).fetchone()[0]  # noqa: S608
        return found

    def conversations(
        self, where: str, values: Iterable[Any], *, limit: int, offset: int
    ) -> list[tuple[str, int, Message]]:
        """Per person: their number, how many messages match, and the newest of them; newest first."""
        rows = self._db.execute(
            f"SELECT person, messages, {_COLUMNS} FROM ("  # noqa: S608
            " SELECT CASE direction WHEN 'inbound' THEN from_number ELSE to_number END AS person,"
            f" count(*) AS messages, max(id) AS newest FROM messages WHERE {where}"
            " GROUP BY person ORDER BY newest DESC LIMIT ? OFFSET ?"
            ") JOIN messages ON messages.id = newest ORDER BY newest DESC",
            (*values, limit, offset),
        )
        return [(row[0], row[1], Message(*row[2:])) for row in rows]

    def requests_after(self, row_id: int, limit: int) -> list[tuple[int, CreateRecord]]:
        """Create requests in order of arrival, after the given id."""
        fields = ", ".join(CreateRecord._fields)
        rows = self._db.execute(
            f"SELECT id, {fields} FROM requests WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
            (row_id, limit),
        )
        return [(row[0], CreateRecord(*row[1:])) for row in rows]

    def opt_outs(self) -> set[tuple[str, str]]:
        """Every (person, number or service) that is blocked."""
        return set(self._db.execute("SELECT person, sender FROM opt_outs"))

    def store_opt_outs(self, pairs: Iterable[tuple[str, str]], *, blocked: bool) -> None:
        """Remember, or forget, that the person wants nothing from the sender."""
        change = (
            "INSERT OR IGNORE INTO opt_outs (person, sender) VALUES (?, ?)"
            if blocked
            else "DELETE FROM opt_outs WHERE person = ? AND sender = ?"
        )
        self._db.executemany(change, pairs)

    def clear(self) -> None:
        """Empty the log: messages, requests, opt-outs."""
        for table in _TABLES:
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608

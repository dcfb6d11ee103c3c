"""How far the ledger has come, noted outside of it: a ledger that was put back does not know its own future.

A dump that was restored, a file copied back or a log of writes that was lost says `ready` of people who have their
message. So before the requests of a claim leave, the newest line of history is noted in a file of the data folder.
A ledger that does not hold that very line is older than the world, or another's copy that went its own way.
"""

import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, func, select

from mms.ledger.database import Ledger
from mms.ledger.options import option, set_option
from mms.ledger.tables import attempts

_LEDGER_ID, _PUT_BACK = "ledger_id", "put_back_at"  # names of options
_LOCK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of history, as it stood in the ledger: another line under its number is another history."""

    attempt_id: int
    row_id: int
    at: float
    noted_at: float  # by the ledger's clock


class HighWater:
    """The mark of one ledger in one data folder; safe for several threads and processes."""

    def __init__(self, data_dir: Path, ledger_id: str) -> None:
        self._file = data_dir / f"ledger-{ledger_id}.mark"
        self._lock = FileLock(self._file.with_suffix(".mark.lock"), timeout=_LOCK_SECONDS, thread_local=False)

    def note(self, mark: Mark) -> None:
        """Raise the mark; called when `mark` is committed and before anything of it leaves.

        Raises:
            OSError: it could not be written. What it protects from is rare, so that sending may go on.
        """
        with self._lock:
            known = self._read()
            if known is not None and known.noted_at > mark.noted_at:
                return
            beside = self._file.with_suffix(".mark.new")
            beside.write_text(json.dumps(asdict(mark)), "utf-8")
            beside.replace(self._file)

    def is_ahead_of(self, connection: Connection) -> bool:
        """Whether this ledger lacks what has been done from here, and nobody has taken note of that yet."""
        mark = self._read()
        if mark is None or mark.noted_at <= option(connection, _PUT_BACK, 0.0):
            return False
        there = select(attempts.c.row_id, attempts.c.at).where(attempts.c.id == mark.attempt_id)
        found = connection.execute(there).one_or_none()
        return found is None or (found.row_id, found.at) != (mark.row_id, mark.at)

    def _read(self) -> Mark | None:
        """A file that is not there, or not whole, says nothing."""
        try:
            return Mark(**json.loads(self._file.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def high_water(ledger: Ledger, data_dir: Path) -> HighWater:
    """The mark of this ledger; the ledger gets a name for it when it has none."""
    with ledger.read() as connection:
        name = option(connection, _LEDGER_ID, None)
    if name is None:
        with ledger.write() as connection:
            name = option(connection, _LEDGER_ID, None) or uuid.uuid4().hex[:12]
            set_option(connection, _LEDGER_ID, name, at=ledger.now(connection), by=None)
    return HighWater(data_dir, name)


def newest_mark(connection: Connection, now: float) -> Mark | None:
    """The newest line of history; None before the first."""
    newest = select(func.max(attempts.c.id)).scalar_subquery()
    found = connection.execute(
        select(attempts.c.id, attempts.c.row_id, attempts.c.at).where(attempts.c.id == newest)
    ).one_or_none()
    return None if found is None else Mark(found.id, found.row_id, found.at, now)


def note_put_back(connection: Connection, now: float) -> None:
    """Every open row has been put in doubt: marks from before this moment, in any data folder, are answered."""
    set_option(connection, _PUT_BACK, now, at=now, by=None)

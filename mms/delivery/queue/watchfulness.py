"""Is somebody at work? The lease of a sender is the heartbeat of whoever sends from it. And is the clock right?"""

import time
from collections.abc import Callable
from functools import cache

from sqlalchemy import Connection, Select, bindparam, select, text

from mms.delivery.queue.canary import a_rule_decides
from mms.delivery.queue.predicates import is_left_to_a_person, is_wanted
from mms.delivery.queue.sender_queue import senders_with_work
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows, senders

SENDERS_AT_ONCE = {True: 64, False: 8}  # of one worker: SQLite has one, PostgreSQL shares among hosts
SILENT_AFTER = 30.0  # seconds with work and without a lease: a take-over on PostgreSQL takes 22
_HELD = text("SELECT id FROM mms_senders WHERE account_sid = :account AND held_until > :now")
_CLOCKS = text("SELECT clock_ahead FROM mms_senders WHERE account_sid = :account AND clock_ahead IS NOT NULL")
_LOOKED_FOR = 7 * 86_400.0  # seconds for which a worker goes on looking for what is left to a person


def is_anything_ahead(connection: Connection, account_sid: str, now: float) -> bool:
    """Whether a worker has something to do, now or later: the one question of the worker and of who starts it.

    Also rows of campaigns that are over for the sender (cancelled, paused, stopped) and whose answers were lost.
    """
    if senders_with_work(connection, account_sid, now):
        return True
    account = {"account": account_sid}
    if connection.execute(_wanted_query(), account).first() is not None or a_rule_decides(connection):
        return True
    return connection.execute(_undecided_query(), {**account, "since": now - _LOOKED_FOR}).first() is not None


def _of_the_account() -> Select[int]:
    theirs = select(1).select_from(campaigns).join(senders, senders.c.id == campaigns.c.sender_id)
    return theirs.where(senders.c.account_sid == bindparam("account"))


@cache  # the worker asks three times a second: building a query takes longer than its answer
def _wanted_query() -> Select[int]:
    return _of_the_account().where(is_wanted())


@cache
def _undecided_query() -> Select[int]:
    undecided = _of_the_account().join(rows, rows.c.campaign_id == campaigns.c.id).where(is_left_to_a_person())
    return undecided.where(rows.c.updated_at > bindparam("since"))


def clock_ahead(connection: Connection, account_sid: str) -> float | None:
    """By how many seconds the ledger's clock was last ahead of Twilio's: the worst of what the runs have measured."""
    found = connection.execute(_CLOCKS, {"account": account_sid}).scalars().all()
    return max(found, key=abs, default=None)


def senders_held(connection: Connection, account_sid: str, now: float) -> frozenset[int]:
    """The senders of which some worker holds the lease."""
    return frozenset(connection.execute(_HELD, {"account": account_sid, "now": now}).scalars())


class Heartbeat:
    """Notices that nobody does the work. One for each process that tells people; safe to ask from any thread."""

    def __init__(self, ledger: Ledger, account_sid: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._ledger, self._account_sid, self._clock = ledger, account_sid, clock
        self._since: float | None = None

    def silent_for(self) -> float:
        """Seconds for which there has been work and no lease; 0 when all is well. By a clock that nobody can set.

        Beyond what one worker does at a time senders wait for their turn, which is no fault.
        """
        with self._ledger.read() as connection:
            now = self._ledger.now(connection)
            waiting = set(senders_with_work(connection, self._account_sid, now))
            held = senders_held(connection, self._account_sid, now)
        if waiting <= held or len(held) >= SENDERS_AT_ONCE[self._ledger.is_sqlite]:
            self._since = None
            return 0.0
        since = self._since = self._clock() if self._since is None else self._since
        return self._clock() - since

    @property
    def is_silent(self) -> bool:
        """Whether people should know."""
        return self.silent_for() > SILENT_AFTER

"""What happens again and again, by account and name: when it last happened, when it will, and what went wrong."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from mms.ledger.tables import periodic_work

_SLOW_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class PeriodicRun:
    """The last time of one work. `finished_at` None: under way, or cut off by a kill and soon done again."""

    name: str
    started_at: float
    finished_at: float | None
    next_at: float
    error: str | None


def note_start(connection: Connection, account_sid: str, name: str, now: float, next_at: float) -> None:
    """Note that a work begins; times are seconds since 1970 by the database's clock."""
    values = {"started_at": now, "finished_at": None, "next_at": next_at}
    mine = (periodic_work.c.account_sid == account_sid) & (periodic_work.c.name == name)
    if connection.execute(update(periodic_work).where(mine).values(**values)).rowcount == 0:
        connection.execute(insert(periodic_work).values(account_sid=account_sid, name=name, **values))


def note_end(connection: Connection, account_sid: str, name: str, now: float, error: str | None) -> None:
    """Note how it ended; `error` is the kind of error, None when it went well."""
    mine = (periodic_work.c.account_sid == account_sid) & (periodic_work.c.name == name)
    connection.execute(update(periodic_work).where(mine).values(finished_at=now, error=error))


def seconds_until_due(connection: Connection, account_sid: str, name: str, now: float) -> float:
    """How long until the next time; 0 for what has never happened."""
    mine = (periodic_work.c.account_sid == account_sid) & (periodic_work.c.name == name)
    next_at = connection.execute(select(periodic_work.c.next_at).where(mine)).scalar_one_or_none()
    return max(0.0, (next_at or 0.0) - now)


def periodic_runs(connection: Connection, account_sid: str) -> list[PeriodicRun]:
    """Every work of an account that has happened, by name."""
    query = select(
        periodic_work.c.name,
        periodic_work.c.started_at,
        periodic_work.c.finished_at,
        periodic_work.c.next_at,
        periodic_work.c.error,
    ).where(periodic_work.c.account_sid == account_sid)
    return [PeriodicRun(**found) for found in connection.execute(query.order_by(periodic_work.c.name)).mappings()]


def is_slow_work_due(connection: Connection, account_sid: str, now: float) -> bool:
    """Whether some work that is done every ten minutes or less often is due: somebody has to start a worker for it.

    What is done more often matters only while messages are on their way, and then a worker is there.
    """
    late = select(periodic_work.c.name).where(
        periodic_work.c.account_sid == account_sid,
        periodic_work.c.next_at - periodic_work.c.started_at >= _SLOW_SECONDS,
        periodic_work.c.next_at <= now,
    )
    return connection.execute(late.limit(1)).first() is not None

"""What a recurring send is in, what can become of one of its times, and whether a worker has to stay for one."""

from enum import StrEnum

from sqlalchemy import Connection, select

from mms.ledger.tables import recurring_sends


class SendState(StrEnum):
    """Whether it comes again by itself."""

    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"  # a series whose last message is out


class RunResult(StrEnum):
    """What became of one time."""

    SENT = "sent"  # a campaign was made of it
    NOBODY = "nobody"  # nobody was to get it
    MISSED = "missed"  # the computer was off
    FAILED = "failed"


def is_any_ahead(connection: Connection, mode: str) -> bool:
    """Whether something will be due: a worker has to be there then."""
    is_active = recurring_sends.c.state == SendState.ACTIVE
    query = select(recurring_sends.c.id).where(recurring_sends.c.mode == mode, is_active)
    return connection.execute(query.limit(1)).first() is not None

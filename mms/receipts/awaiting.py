"""Which messages still wait for a receipt or a price, and whose turn it is to ask for them."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from mms.ledger import Ledger
from mms.ledger.tables import AWAITING, campaigns, receipt_polls, rows, senders
from mms.receipts.schedule import HORIZON, SLOWEST

_WAITS = text(f"({AWAITING})")  # word for word the condition of the index
LEASE_SECONDS = 120.0  # longer than any one request for a page takes


def senders_of(connection: Connection, account_sid: str) -> list[tuple[int, str]]:
    """Id and address of each sender of the account."""
    query = select(senders.c.id, senders.c.address).where(senders.c.account_sid == account_sid)
    return [(found.id, found.address) for found in connection.execute(query)]


def youngest(connection: Connection, sender_id: int, now: float) -> float | None:
    """When the youngest message of this sender that waits was accepted; None when none waits."""
    query = (
        select(rows.c.sent_at)
        .where(_WAITS, rows.c.sent_at > now - HORIZON, _is_of(sender_id))
        .order_by(rows.c.sent_at.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def messages(connection: Connection, sender_id: int, since: float) -> Iterator[tuple[str, float]]:
    """SID and time of acceptance of each message that waits, accepted since then."""
    query = select(rows.c.message_sid, rows.c.sent_at).where(
        _WAITS, rows.c.sent_at >= since, rows.c.message_sid.is_not(None), _is_of(sender_id)
    )
    for found in connection.execute(query):
        yield found.message_sid, found.sent_at


def _is_of(sender_id: int) -> ColumnElement[bool]:
    # Asked row by row, so that the database starts from the small index and not from all campaigns of the sender.
    owner = select(campaigns.c.sender_id).where(campaigns.c.id == rows.c.campaign_id).correlate(rows)
    return owner.scalar_subquery() == sender_id


def last_look(connection: Connection, sender_id: int) -> tuple[float, float]:
    """When the log was last asked for this sender, and before when it must not be asked again."""
    query = select(receipt_polls.c.last_at, receipt_polls.c.next_at).where(receipt_polls.c.sender_id == sender_id)
    found = connection.execute(query).one_or_none()
    return (found.last_at, found.next_at) if found else (0.0, 0.0)


def is_overdue(connection: Connection, now: float) -> bool:
    """Whether a message waits that nobody has asked about for longer than the schedule allows at its slowest."""
    # The condition of the index names its columns without their table, so no second table may stand beside it.
    last = (
        select(receipt_polls.c.last_at)
        .join(campaigns, campaigns.c.sender_id == receipt_polls.c.sender_id)
        .where(campaigns.c.id == rows.c.campaign_id)
        .correlate(rows)
        .scalar_subquery()
    )
    waits = (_WAITS, rows.c.sent_at > now - HORIZON, func.coalesce(last, 0.0) < now - SLOWEST)
    query = select(rows.c.id).where(*waits).limit(1)
    return connection.execute(query).first() is not None


def take_turn(ledger: Ledger, sender_id: int, now: float) -> bool:
    """Whether this process asks now; false when another one does."""
    until = now + LEASE_SECONDS
    with suppress(IntegrityError), ledger.write() as connection:
        mine = update(receipt_polls).where(receipt_polls.c.sender_id == sender_id, receipt_polls.c.next_at <= now)
        if connection.execute(mine.values(next_at=until)).rowcount:
            return True
        connection.execute(insert(receipt_polls).values(sender_id=sender_id, next_at=until))  # raises when it is there
        return True
    return False


def keep_turn(connection: Connection, sender_id: int, now: float) -> None:
    """Say that this process is still asking."""
    _set(connection, sender_id, next_at=now + LEASE_SECONDS)


def end_turn(ledger: Ledger, sender_id: int, *, last_at: float) -> None:
    """All was asked that was due at `last_at`."""
    with ledger.write() as connection:
        _set(connection, sender_id, last_at=last_at, next_at=last_at)


def give_up_turn(ledger: Ledger, sender_id: int, *, next_at: float) -> None:
    """Something is left to ask, not before `next_at`."""
    with ledger.write() as connection:
        _set(connection, sender_id, next_at=next_at)


def _set(connection: Connection, sender_id: int, **values: object) -> None:
    connection.execute(update(receipt_polls).where(receipt_polls.c.sender_id == sender_id).values(**values))

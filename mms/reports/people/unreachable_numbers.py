"""Numbers that can never get a message, with the reason, and a way to free one again."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, update

from mms.ledger.audit import note
from mms.ledger.tables import dead_numbers
from mms.roles import Permission, User, require
from mms.twilio_codes import CodeAdvice, explain


@dataclass(frozen=True, slots=True)
class DeadNumber:
    """One number; `since` in seconds since 1970."""

    recipient: str
    why: CodeAdvice
    since: float
    campaign_id: int | None


def dead_page(
    connection: Connection, search: str = "", *, offset: int = 0, limit: int = 100
) -> tuple[list[DeadNumber], int]:
    """One screen of the list, newest first, and how many there are. `search` are digits of the number."""
    where: list[ColumnElement[bool]] = [dead_numbers.c.undone_at.is_(None)]
    if digits := "".join(filter(str.isdecimal, search)):
        where.append(dead_numbers.c.recipient.contains(digits, autoescape=True))
    total = connection.execute(select(func.count()).select_from(dead_numbers).where(*where)).scalar_one()
    query = select(dead_numbers).where(*where).order_by(dead_numbers.c.since.desc(), dead_numbers.c.recipient)
    found = connection.execute(query.offset(offset).limit(limit))
    return [DeadNumber(one.recipient, explain(one.error_code), one.since, one.campaign_id) for one in found], total


def free(connection: Connection, recipient: str, *, at: float, by: User) -> bool:
    """Message this number again; False when it was not on the list. A new failure puts it back. Raises NotAllowed."""
    require(by, Permission.SEND)
    freed = (
        update(dead_numbers)
        .where(dead_numbers.c.recipient == recipient, dead_numbers.c.undone_at.is_(None))
        .values(undone_at=at, undone_by=by.name)
    )
    is_freed = connection.execute(freed).rowcount > 0
    if is_freed:
        note(connection, by.name, "dead_number.free", at=at)
    return is_freed

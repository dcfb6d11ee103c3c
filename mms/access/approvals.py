"""A second person's word before a large campaign goes out.

Somebody prepares the campaign and asks; somebody else, who may send and has edited none of it, launches what they see.
So there is no campaign that waits half-started, and no approval that an edit could outlive: until the second person
launches, it is a draft, and who edits it is no second person any more. The record is the line of the launch in the
audit trail: who, when, who had edited it, how many people, from which sender, and the hash of people and content.
"""

from collections.abc import Collection

from sqlalchemy import Connection, select

from mms.errors import NotAllowed
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.ledger.tables import audit
from mms.roles import Permission, User, require

_OPTION = "approval_above"
_DAY = 86_400.0


def approval_above(connection: Connection) -> int | None:
    """A campaign to more recipients than this needs two people; None: never."""
    limit: int | None = option(connection, _OPTION, None)
    return limit


def set_approval_above(ledger: Ledger, person: User, recipients: int | None) -> None:
    """Store the limit.

    Raises:
        NotAllowed: this person may not, or nobody signs in, so that there is no second person.
    """
    require(person, Permission.CHANGE_SETTINGS)
    if recipients is not None and person.email is None:
        raise NotAllowed("A second person can only be asked for where people sign in.", code="needs_sign_in")
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, _OPTION, recipients, at=now, by=person.name)
        note(connection, person.name, "approval.change", at=now, detail={"above": recipients})


def needs_second_person(
    connection: Connection, person: User, *, edited_by: Collection[str], recipients: int, now: float
) -> bool:
    """Whether `person` cannot launch this alone: they edited it (or nobody else did), and it is large.

    People whom they messaged alone within a day count, so that two halves are not a way round. Whoever sits at the
    terminal has the data itself, and nobody beside them signs in: they are not asked.
    """
    limit = approval_above(connection)
    if limit is None or person.email is None or not is_alone(person, edited_by):
        return False
    return recipients + _launched_alone(connection, person, now) > limit


def is_alone(person: User, edited_by: Collection[str]) -> bool:
    """Whether nobody else judges what is sent: the person edited some of it, or it is not known who did."""
    return not edited_by or person.name in edited_by


def require_launch(
    connection: Connection, person: User, *, edited_by: Collection[str], recipients: int, now: float
) -> None:
    """Go on only if `person` may launch to so many people what `edited_by` wrote and chose.

    Raises:
        NotAllowed: code `not_allowed`, or `needs_approval` when somebody who edited none of it has to launch it.
    """
    require(person, Permission.SEND)
    if needs_second_person(connection, person, edited_by=edited_by, recipients=recipients, now=now):
        raise NotAllowed(
            f"Above {approval_above(connection):,} people in a day somebody else judges what is sent. "
            "Ask a colleague who has changed nothing in this draft to open it, look at it and send it.",
            code="needs_approval",
        )


def _launched_alone(connection: Connection, person: User, now: float) -> int:
    query = select(audit.c.detail).where(
        audit.c.at > now - _DAY, audit.c.who == person.name, audit.c.action == "campaign.launch"
    )
    launches = [detail or {} for detail in connection.execute(query).scalars()]
    return sum(int(one.get("people", 0)) for one in launches if is_alone(person, one.get("edited_by", ())))

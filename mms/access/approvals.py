"""A second person's word before a large campaign goes out.

Somebody prepares the campaign and asks; somebody else, who may send, launches it. So there is no campaign
that waits half-started: until the second person launches, it is a draft.
"""

from sqlalchemy import Connection

from mms.errors import NotAllowed
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.roles import Permission, User, require

_OPTION = "approval_above"


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


def needs_second_person(connection: Connection, person: User, *, prepared_by: str | None, recipients: int) -> bool:
    """Whether `person` cannot launch this alone: it is large, and they prepared it themselves (or nobody else did).

    Whoever sits at the terminal has the data itself, and nobody beside them signs in: they are not asked.
    """
    limit = approval_above(connection)
    is_large = limit is not None and recipients > limit
    return is_large and person.email is not None and prepared_by in (None, person.name)


def require_launch(connection: Connection, person: User, *, prepared_by: str | None, recipients: int) -> None:
    """Go on only if `person` may launch a campaign to so many people that `prepared_by` prepared.

    Raises:
        NotAllowed: code `not_allowed`, or `needs_approval` when a second person has to launch it.
    """
    require(person, Permission.SEND)
    if needs_second_person(connection, person, prepared_by=prepared_by, recipients=recipients):
        raise NotAllowed(
            f"A campaign to more than {approval_above(connection):,} people needs a second person. "
            "Ask a colleague to open this draft and send it.",
            code="needs_approval",
        )

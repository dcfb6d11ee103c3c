"""After how many days old data goes: a stored choice, obeyed once a day by whichever process comes first."""

from sqlalchemy import Connection

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.retention.purge import Purged, purge
from mms.roles import Permission, User, require

_DAYS = "retention_days"
_LAST = "retention_last_at"
_DAY = 86_400.0
SCHEDULE = "schedule"


def retention_days(connection: Connection) -> int | None:
    """Days after a campaign's end until its numbers and texts go; None: they stay until somebody purges."""
    days: int | None = option(connection, _DAYS, None)
    return days


def set_retention_days(ledger: Ledger, person: User, days: int | None) -> None:
    """Store the choice.

    Raises:
        NotAllowed: this person may not.
        MmsError: code `retention_days` for less than one day.
    """
    require(person, Permission.PURGE)
    if days is not None and days < 1:
        raise MmsError("Data is kept for one day at least, so that open questions can be settled.", code=_DAYS)
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, _DAYS, days, at=now, by=person.name)
        note(connection, person.name, "retention.change", at=now, detail={"days": days})


def purge_by_hand(ledger: Ledger, person: User, days: int) -> Purged:
    """Clear now what ended more than `days` days ago. Raises NotAllowed."""
    require(person, Permission.PURGE)
    return _purge(ledger, days, by=person.name)


def purge_when_due(ledger: Ledger) -> Purged | None:
    """Obey the stored choice if nobody has for a day; None when there was nothing to obey."""
    with ledger.write() as connection:
        days, now = retention_days(connection), ledger.now(connection)
        if days is None or now - option(connection, _LAST, 0.0) < _DAY:
            return None
        set_option(connection, _LAST, now, at=now, by=SCHEDULE)
    return _purge(ledger, days, by=SCHEDULE)


def _purge(ledger: Ledger, days: int, *, by: str) -> Purged:
    with ledger.read() as connection:
        now = ledger.now(connection)
    purged = purge(ledger, now - days * _DAY)
    with ledger.write() as connection:
        detail = {"days": days, "campaigns": purged.campaigns, "rows": purged.rows}
        note(connection, by, "retention.purge", at=ledger.now(connection), detail=detail)
    return purged

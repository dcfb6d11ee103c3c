"""The table as people edit it, kept in the ledger's options under `quiet_hours`."""

from collections.abc import Sequence

from sqlalchemy import Connection

from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.quiet_hours.hours import QuietHours
from mms.quiet_hours.rules import DEFAULT_ROWS, WindowRow, rules_from
from mms.roles import Permission, User, require

OPTION = "quiet_hours"


def window_rows(connection: Connection) -> tuple[WindowRow, ...]:
    """The table in force: the stored one, else that of `windows.csv`."""
    stored = option(connection, OPTION, None)
    return DEFAULT_ROWS if stored is None else tuple(WindowRow(**row) for row in stored)


def quiet_hours(connection: Connection) -> QuietHours:
    """The rules in force."""
    return QuietHours(rules_from(window_rows(connection)))


def store_rules(connection: Connection, rows: Sequence[WindowRow], *, at: float, by: User) -> None:
    """Put another table in force. Raises NotAllowed, and MmsError as `rules_from` does; nothing is stored then."""
    require(by, Permission.CHANGE_SETTINGS)
    rules_from(rows)
    set_option(connection, OPTION, [row.to_json() for row in rows], at=at, by=by.name)
    note(connection, by.name, "quiet_hours.change", at=at)

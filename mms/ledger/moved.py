"""A ledger that was moved to another database, or has not wholly arrived, sends nothing."""

from sqlalchemy import Connection, delete

from mms.errors import MmsError
from mms.ledger.database import Ledger
from mms.ledger.options import option, set_option
from mms.ledger.tables import options

MOVED, ARRIVING = "moved_to", "arriving_from"  # names of options; the values are addresses without passwords


def require_at_home(ledger: Ledger) -> None:
    """Called before anything is sent or prepared for sending.

    Raises:
        MmsError: code `moved`, with where the installation is now.
    """
    with ledger.read() as connection:
        moved, arriving = option(connection, MOVED, None), option(connection, ARRIVING, None)
    if moved:
        raise MmsError(
            f"This installation was moved to {moved}. Set DATABASE_URL to it; this old ledger sends nothing any more.",
            code="moved",
        )
    if arriving:
        raise MmsError(
            f"This ledger is still arriving from {arriving}. Run `python -m mms move` again there; it finishes.",
            code="moved",
        )


def mark(connection: Connection, name: str, value: str | None, *, at: float, by: str | None) -> None:
    """Set one of the two marks, or take it away with None."""
    if value is None:
        connection.execute(delete(options).where(options.c.name == name))
    else:
        set_option(connection, name, value, at=at, by=by)

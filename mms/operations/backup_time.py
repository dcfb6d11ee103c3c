"""When this installation was last backed up: noted in the ledger, so that an alarm can tell its age."""

from mms.ledger import Ledger
from mms.ledger.options import set_option

BACKED_UP = "backed_up_at"


def note_backup(ledger: Ledger) -> None:
    """A backup was finished now."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, BACKED_UP, now, at=now, by=None)

"""Whether the database takes what is written to it: really written, and taken back."""

from sqlalchemy import insert, text

from mms.ledger.database import Ledger
from mms.ledger.tables import options

_BYTES = 1_000_000  # more than fits into the cache set below: a full disk shows only when pages are written
_NAME = "trial of writing"


def try_to_write(ledger: Ledger) -> None:
    """Write a megabyte and roll it back. Raises SQLAlchemyError, as any writing would."""
    with ledger.engine.connect() as connection:
        writing = connection.execution_options(mms_writes=True)
        with writing.begin() as transaction:
            if ledger.is_sqlite:
                writing.execute(text("PRAGMA cache_size = 10"))
            writing.execute(insert(options).values(name=_NAME, value="x" * _BYTES, updated_at=0.0, updated_by=None))
            transaction.rollback()
        connection.invalidate()  # its small cache goes with it

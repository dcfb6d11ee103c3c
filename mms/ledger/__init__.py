"""The ledger: the one truth about campaigns and rows, in SQLite or PostgreSQL.

`tables` says what is kept, `database` opens transactions, `schema` migrates; queries live in modules
named after their subject.
"""

from mms.ledger.database import Ledger
from mms.ledger.schema import open_ledger

__all__ = ["Ledger", "open_ledger"]

"""Reading and refusals leave lines in the audit trail, too: who took data along, who searched, who was turned away."""

from sqlalchemy import select

from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import audit

API = "API"  # stands for the person where a program calls
REPORT, ROWS, OPT_OUTS, LIST, DATA = (
    "report.download",
    "rows.download",
    "opt_outs.download",
    "list.download",
    "data.download",
)
SEARCH, REFUSED, SESSION_REFUSED, WRONG_KEY = "person.search", "deed.refused", "session.refused", "api_key.wrong"
_REPEATS = 60.0  # seconds in which the same line again says nothing new: pages draw often, and guesses come in floods


def trace(ledger: Ledger, who: str, action: str, *, subject: str | None = None) -> None:
    """Append one line, unless the same stands there from the last minute. `subject` holds no number and no name."""
    with ledger.read() as connection:
        now = ledger.now(connection)
        same = (audit.c.who == who, audit.c.action == action, audit.c.subject.is_not_distinct_from(subject))
        known = select(audit.c.id).where(audit.c.at > now - _REPEATS, *same).limit(1)
        if connection.execute(known).one_or_none():
            return
    with ledger.write() as connection:
        note(connection, who, action, at=now, subject=subject)

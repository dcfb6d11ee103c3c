"""The suppression list: who must not be messaged, and the append-only history of each number.

Every entrance that learns of an opt-out (a reply, Twilio's 21610, a person at the desk, an import) calls
`add` here, inside its own transaction.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, select

from mms.ledger.tables import opt_out_events, opt_outs

REPLY = "reply"
TWILIO = "twilio_21610"
BY_HAND = "by_hand"
IMPORT = "import"
_CHUNK = 500  # stays below every database's limit of bound parameters


def add(
    connection: Connection,
    recipients: Iterable[str],
    *,
    source: str,
    at: float,
    note: str | None = None,
    by: str | None = None,
    campaign_id: int | None = None,
) -> int:
    """Put E.164 numbers on the list; returns how many were new. A number already there keeps its first date."""
    wanted = list(dict.fromkeys(recipients))
    known = opted_out_among(connection, wanted)
    new = [number for number in wanted if number not in known]
    if new:
        shared = {"source": source, "note": note, "campaign_id": campaign_id}
        connection.execute(insert(opt_outs), [{"recipient": n, "since": at, **shared} for n in new])
        connection.execute(
            insert(opt_out_events),
            [{"recipient": n, "at": at, "event": "added", "by": by, **shared} for n in new],
        )
    return len(new)


def remove(
    connection: Connection, recipient: str, *, source: str, at: float, note: str | None = None, by: str | None = None
) -> bool:
    """Take a number off the list (START, or a person's word); False when it was not on it."""
    gone = connection.execute(delete(opt_outs).where(opt_outs.c.recipient == recipient)).rowcount > 0
    if gone:
        event = {"recipient": recipient, "at": at, "event": "removed", "source": source, "note": note, "by": by}
        connection.execute(insert(opt_out_events), event)
    return gone


def last_change(connection: Connection, recipient: str) -> float:
    """When a number was last put on the list or taken off it, in seconds since 1970; 0 for never."""
    query = select(func.max(opt_out_events.c.at)).where(opt_out_events.c.recipient == recipient)
    return float(connection.execute(query).scalar_one_or_none() or 0.0)


def opted_out_among(connection: Connection, recipients: list[str]) -> frozenset[str]:
    """Those of `recipients` that are on the list now."""
    found: set[str] = set()
    for start in range(0, len(recipients), _CHUNK):
        chunk = recipients[start : start + _CHUNK]
        found.update(connection.execute(select(opt_outs.c.recipient).where(opt_outs.c.recipient.in_(chunk))).scalars())
    return frozenset(found)


def everyone(connection: Connection) -> frozenset[str]:
    """All opted-out numbers: what the check of an upload compares with."""
    return frozenset(connection.execute(select(opt_outs.c.recipient)).scalars())

"""How a campaign went over time: for each stretch, how many messages came to each state."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Integer, cast, func, literal_column, select

from mms.ledger.tables import attempts
from mms.states import FROM_TWILIO, RowState

_STRETCHES = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 6 * 3600, 86_400)  # seconds
_MOST = 60  # points that a chart can show
_EVENTS = {"refused": RowState.REFUSED, "no_answer": RowState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class SenderRun:
    """A stretch of time: its start (seconds since 1970), its length, and what happened in it."""

    start: float
    seconds: int
    counts: dict[RowState, int]


def status_over_time(connection: Connection, campaign_id: int) -> list[SenderRun]:
    """Up to sixty stretches in order of time, empty ones left out. Counted by the database."""
    ends = select(func.min(attempts.c.at), func.max(attempts.c.at)).where(attempts.c.campaign_id == campaign_id)
    first, last = connection.execute(ends).one()
    if first is None:
        return []
    seconds = next((one for one in _STRETCHES if (last - first) / one <= _MOST), _STRETCHES[-1])
    # Whole seconds first: the two databases divide and round floating point in different ways.
    # Written into the query, because PostgreSQL takes two parameters of one value for two expressions.
    number = cast(attempts.c.at, BigInteger) // literal_column(str(seconds), Integer)
    query = (
        select(number, attempts.c.event, attempts.c.status, func.count())
        .where(attempts.c.campaign_id == campaign_id)
        .group_by(number, attempts.c.event, attempts.c.status)
        .order_by(number)
    )
    stretches: dict[int, Counter[RowState]] = {}
    for place, event, status, count in connection.execute(query):
        if state := _EVENTS.get(event) or FROM_TWILIO.get(status or ""):
            stretches.setdefault(place, Counter())[state] += count
    return [SenderRun(float(place * seconds), seconds, dict(counts)) for place, counts in stretches.items()]

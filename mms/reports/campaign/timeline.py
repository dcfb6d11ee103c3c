"""How a campaign went over time: for each stretch, how many messages came to each milestone.

Counted from the rows, so that the sums at the end are those of the tiles, and delivered is never above handed over.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, cast, func, literal_column, select

from mms.ledger.tables import rows
from mms.reports.counts import HANDED_OVER, PARTS, Count, Part
from mms.states import RowState

_STRETCHES = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 6 * 3600, 86_400)  # seconds
_MOST = 60  # points that a chart can show


class Milestone(StrEnum):
    """What a message comes to. There is none for `sent`: most messages pass it without being seen there."""

    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    NOT_ARRIVED = "not_arrived"
    REFUSED = "refused"


MILESTONES: dict[Milestone, Count] = {
    Milestone.HANDED_OVER: HANDED_OVER,
    Milestone.DELIVERED: PARTS[Part.DELIVERED],
    Milestone.NOT_ARRIVED: PARTS[Part.NOT_ARRIVED],
    Milestone.REFUSED: PARTS[Part.REFUSED],
}
_ENDS: dict[RowState, Milestone] = {
    state: milestone
    for milestone, count in MILESTONES.items()
    if milestone is not Milestone.HANDED_OVER
    for state in count.states
}
_HANDED_AT = func.coalesce(rows.c.sent_at, rows.c.updated_at)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time: its start (seconds since 1970), its length, and what happened in it."""

    start: float
    seconds: int
    counts: dict[Milestone, int]


def status_over_time(connection: Connection, campaign_id: int) -> list[Stretch]:
    """Up to sixty stretches in order of time, empty ones left out. Counted by the database."""
    handed = (rows.c.campaign_id == campaign_id, rows.c.state.in_(HANDED_OVER.states))
    ended = (rows.c.campaign_id == campaign_id, rows.c.state.in_(_ENDS))
    first, last = _between(connection, handed, ended)
    if first is None or last is None:
        return []
    seconds = next((one for one in _STRETCHES if (last - first) / one <= _MOST), _STRETCHES[-1])
    stretches: dict[int, Counter[Milestone]] = {}
    number = _number(_HANDED_AT, seconds)
    for place, count in connection.execute(select(number, func.count()).where(*handed).group_by(number)):
        stretches.setdefault(place, Counter())[Milestone.HANDED_OVER] += count
    number = _number(rows.c.updated_at, seconds)
    query = select(number, rows.c.state, func.count()).where(*ended).group_by(number, rows.c.state)
    for place, state, count in connection.execute(query):
        stretches.setdefault(place, Counter())[_ENDS[RowState(state)]] += count
    return [Stretch(float(place * seconds), seconds, dict(stretches[place])) for place in sorted(stretches)]


def _between(
    connection: Connection, handed: tuple[ColumnElement[bool], ...], ended: tuple[ColumnElement[bool], ...]
) -> tuple[float | None, float | None]:
    ends = []
    for at, where in ((_HANDED_AT, handed), (rows.c.updated_at, ended)):
        ends += [one for one in connection.execute(select(func.min(at), func.max(at)).where(*where)).one() if one]
    return (min(ends), max(ends)) if ends else (None, None)


def _number(at: ColumnElement[Any], seconds: int) -> ColumnElement[Any]:
    """Whole seconds first: the two databases divide and round floating point in different ways.

    Written into the query, because PostgreSQL takes two parameters of one value for two expressions.
    """
    return cast(at, BigInteger) // literal_column(str(seconds), Integer)

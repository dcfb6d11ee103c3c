"""Segments: conditions under a name. Who fulfils them is asked anew each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import list_people, segments
from mms.lists.conditions import Condition, Moment, can_be_reached, people_where
from mms.lists.saved_lists import NAME_LENGTH
from mms.roles import Permission, User, require


@dataclass(frozen=True, slots=True)
class Segment:
    """Conditions on the people of one list."""

    id: int
    name: str
    list_id: int
    conditions: tuple[Condition, ...]
    updated_at: float


@dataclass(frozen=True, slots=True)
class Found:
    """How many people fulfil conditions, and how many of them can be reached (no opt-out, no dead number)."""

    people: int
    reachable: int


_COLUMNS = (segments.c.id, segments.c.name, segments.c.list_id, segments.c.conditions, segments.c.updated_at)


def all_segments(connection: Connection, list_id: int | None = None) -> list[Segment]:
    """Every segment, or those of one list, by name."""
    query = select(*_COLUMNS).order_by(func.lower(segments.c.name))
    if list_id is not None:
        query = query.where(segments.c.list_id == list_id)
    return [Segment(*one[:3], _conditions(one.conditions), one.updated_at) for one in connection.execute(query)]


def segment_named(connection: Connection, name: str) -> Segment:
    """The segment with this name, in any case. Raises CampaignError: code `no_such_segment`."""
    found = [one for one in all_segments(connection) if one.name.lower() == name.strip().lower()]
    if not found:
        raise CampaignError(f"There is no segment called “{name}”.", code="no_such_segment")
    return found[0]


def segment(connection: Connection, segment_id: int) -> Segment:
    """The segment with this number. Raises CampaignError: code `no_such_segment`."""
    found = [one for one in all_segments(connection) if one.id == segment_id]
    if not found:
        raise CampaignError("There is no such segment. It may have been deleted.", code="no_such_segment")
    return found[0]


def save_segment(ledger: Ledger, name: str, list_id: int, conditions: Sequence[Condition], *, by: User) -> int:
    """Keep conditions under a name; returns the segment's number.

    Raises:
        CampaignError: codes `no_name`, `name_taken`, `condition` (there is none).
    """
    require(by, Permission.SEND)
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the segment a name, such as Denver, not lately.", code="no_name")
    if not conditions:
        raise CampaignError("Add a condition first: without one it would be the whole list.", code="condition")
    with ledger.write() as connection:
        now = ledger.now(connection)
        values = {
            "name": name,
            "list_id": list_id,
            "conditions": [one.as_json() for one in conditions],
            "created_at": now,
            "created_by": by.name,
            "updated_at": now,
        }
        try:
            with connection.begin_nested():
                made = connection.execute(insert(segments).values(**values).returning(segments.c.id)).scalar_one()
        except IntegrityError:
            raise _taken(name) from None
        note(connection, by.name, "segment.save", at=now, subject=str(made))
    return int(made)


def delete_segment(ledger: Ledger, segment_id: int, *, by: User) -> None:
    """Forget a segment; the people stay."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        connection.execute(delete(segments).where(segments.c.id == segment_id))
        note(connection, by.name, "segment.delete", at=ledger.now(connection), subject=str(segment_id))


def rename_segment(ledger: Ledger, segment_id: int, name: str, *, by: User) -> None:
    """Give a segment another name. Raises CampaignError: codes `no_name`, `name_taken`."""
    require(by, Permission.SEND)
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the segment a name.", code="no_name")
    with ledger.write() as connection:
        try:
            with connection.begin_nested():
                connection.execute(update(segments).where(segments.c.id == segment_id).values(name=name))
        except IntegrityError:
            raise _taken(name) from None
        note(connection, by.name, "segment.rename", at=ledger.now(connection), subject=str(segment_id))


def moment_of(now: float, mode: str, zone: tzinfo = UTC) -> Moment:
    """For which day and messages conditions are asked, in the zone in which the person thinks."""
    return Moment(now, datetime.fromtimestamp(now, zone).date(), mode)


def count_people(connection: Connection, list_id: int, conditions: Sequence[Condition], moment: Moment) -> Found:
    """How many people of the list fulfil all conditions now."""
    reachable = func.count().filter(can_be_reached())
    query = select(func.count(), reachable).select_from(list_people)
    people, reached = connection.execute(query.where(people_where(list_id, conditions, moment))).one()
    return Found(people, reached)


def _taken(name: str) -> CampaignError:
    return CampaignError(f"There is a segment called “{name}” already. Choose another name.", code="name_taken")


def _conditions(stored: Sequence[dict[str, str]]) -> tuple[Condition, ...]:
    return tuple(Condition.from_json(one) for one in stored)

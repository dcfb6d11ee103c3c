"""The people of a list, a page at a time, each with what the ledger knows: last message, opt-out, dead number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, select

from mms.ledger.tables import campaigns, dead_numbers, list_people, opt_outs, rows
from mms.lists.conditions import Condition, Moment, people_where
from mms.states import RowState

_OUT = select(opt_outs.c.since).where(opt_outs.c.recipient == list_people.c.recipient).scalar_subquery()
_DEAD = (
    select(dead_numbers.c.error_code)
    .where(dead_numbers.c.recipient == list_people.c.recipient, dead_numbers.c.undone_at.is_(None))
    .scalar_subquery()
)
_NEVER_OFFERED = (RowState.READY, RowState.SKIPPED, RowState.CANCELED)


@dataclass(frozen=True, slots=True)
class ListPerson:
    """One person. `state` is `reachable`, `opted_out` or `dead_number`; times in seconds since 1970."""

    id: int
    recipient: str = field(repr=False)
    cells: dict[str, str] = field(repr=False)
    state: str
    consent_at: float | None
    consent_text: str | None
    consent_source: str | None
    added_at: float
    last_message_at: float | None
    last_result: str | None


def people_of(
    connection: Connection,
    list_id: int,
    moment: Moment,
    *,
    conditions: Sequence[Condition] = (),
    search: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[ListPerson]:
    """A page of people in the order in which they came into the list."""
    query = (
        select(list_people, _OUT.label("out_since"), _DEAD.label("dead_code"))
        .where(people_where(list_id, conditions, moment), *_search(search))
        .order_by(list_people.c.id)
        .limit(limit)
        .offset(offset)
    )
    found = connection.execute(query).mappings().all()
    last = _last_messages(connection, [one["recipient"] for one in found], moment.mode)
    return [
        ListPerson(
            id=one["id"],
            recipient=one["recipient"],
            cells=one["cells"],
            state="opted_out" if one["out_since"] else "dead_number" if one["dead_code"] else "reachable",
            consent_at=one["consent_at"],
            consent_text=one["consent_text"],
            consent_source=one["consent_source"],
            added_at=one["added_at"],
            last_message_at=last.get(one["recipient"], (None, None))[0],
            last_result=last.get(one["recipient"], (None, None))[1],
        )
        for one in found
    ]


def count_found(connection: Connection, list_id: int, moment: Moment, search: str) -> int:
    """How many people of the list the search finds."""
    query = select(func.count()).select_from(list_people).where(people_where(list_id, (), moment), *_search(search))
    return int(connection.execute(query).scalar_one())


def _search(search: str) -> list[ColumnElement[bool]]:
    text = search.strip()
    if not text:
        return []
    digits = "".join(filter(str.isdigit, text))
    conditions = [func.lower(cast(list_people.c.cells, Text)).contains(text.lower(), autoescape=True)]
    if len(digits) >= 3:
        conditions.append(list_people.c.recipient.contains(digits, autoescape=True))
    return [or_(*conditions)]


def _last_messages(connection: Connection, recipients: list[str], mode: str) -> dict[str, tuple[float, str]]:
    at = func.coalesce(rows.c.sent_at, rows.c.updated_at)
    query = (
        select(rows.c.recipient, at.label("at"), rows.c.state)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.recipient.in_(recipients), campaigns.c.mode == mode, rows.c.state.not_in(_NEVER_OFFERED))
        .order_by(at)
    )
    return {one.recipient: (one.at, one.state) for one in connection.execute(query)}

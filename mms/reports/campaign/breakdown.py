"""Results of one campaign by anything: a column of its list, where the numbers are from, or Twilio's code."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, cast, func, literal_column, select, type_coerce

from mms.ledger.tables import replies, rows
from mms.recipients import csv_bytes
from mms.reports.cost.campaign_cost import amount_of
from mms.reports.counts import WORDS, Counts
from mms.states import RowState

AREA, CODE = "Where the numbers are from", "Twilio's code"
MOST_GROUPS = 200
"""Values shown apart; a column in which nearly every row has its own says nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that share one value; an empty text stands for none."""

    value: str
    counts: Counts
    charged: Decimal
    replies: int


def breakdown(connection: Connection, campaign_id: int, by: str, columns: Sequence[str]) -> tuple[list[Group], int]:
    """Groups with the most rows first, at most `MOST_GROUPS`, and how many there are. Counted by the database."""
    value = func.coalesce(_value(connection, by, columns), "").label("value")
    of_campaign = rows.c.campaign_id == campaign_id
    query = select(value, rows.c.state, rows.c.price, func.count()).where(of_campaign)
    place: ColumnElement[Any] = literal_column(
        "1"
    )  # PostgreSQL takes an expression with parameters for another one each time
    states: dict[str, dict[RowState, int]] = {}
    charged: dict[str, Decimal] = {}
    for text, state, price, count in connection.execute(query.group_by(place, rows.c.state, rows.c.price)):
        counted = states.setdefault(text, {})
        counted[RowState(state)] = counted.get(RowState(state), 0) + count
        charged[text] = charged.get(text, Decimal(0)) + (amount_of(price) * count if price else 0)
    wrote = select(value, func.count()).join(replies, replies.c.row_id == rows.c.id).where(of_campaign)
    answered = {found[0]: found[1] for found in connection.execute(wrote.group_by(place))}
    found = [Group(text, Counts.of(one), charged[text], answered.get(text, 0)) for text, one in states.items()]
    found.sort(key=lambda group: (-group.counts.in_the_list, group.value))
    return found[:MOST_GROUPS], len(found)


def breakdown_csv(groups: Sequence[Group], by: str) -> bytes:
    """The table as a file."""
    header = [by, *(word.label for word in WORDS), "Arrived at least", "Arrived at most", "Charged", "Replies"]
    return csv_bytes(header, [_line(group) for group in groups])


def _line(group: Group) -> list[str]:
    counts = group.counts
    numbers = (counts.in_the_list, counts.handed_over, *counts.parts.values())
    shares = ("" if share is None else f"{share:.4f}" for share in (counts.arrived.low, counts.arrived.high))
    return [group.value, *map(str, numbers), *shares, f"{group.charged:.4f}", str(group.replies)]


def _value(connection: Connection, by: str, columns: Sequence[str]) -> ColumnElement[Any]:
    if by == AREA:
        return rows.c.time_zone
    if by == CODE:
        return cast(rows.c.error_code, rows.c.cells.type)
    stored = type_coerce if connection.dialect.name == "sqlite" else cast
    text: ColumnElement[Any] = stored(rows.c.cells, JSON)[list(columns).index(by)].as_string()
    return text

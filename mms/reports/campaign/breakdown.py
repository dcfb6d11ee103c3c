"""Results of one campaign by anything: a column of its list, the area, the hour, the weekday, the version, the code."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, distinct, func, literal_column, select

from mms.ledger.tables import clicks, replies, rows
from mms.links.visitors import Who
from mms.recipients import csv_bytes
from mms.reports.campaign.grouping import HOUR, WEEKDAY, Grouping, label
from mms.reports.cost.campaign_cost import amount_of
from mms.reports.counts import WORDS, Counts
from mms.states import RowState

MOST_GROUPS = 200
"""Values shown apart; a column in which nearly every row has its own says nothing."""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that share one value; an empty text stands for none. People are counted once each."""

    value: str
    counts: Counts
    charged: Decimal
    replies: int
    opt_outs: int
    clicked: int


def breakdown(connection: Connection, campaign_id: int, grouping: Grouping) -> tuple[list[Group], int]:
    """Groups with the most rows first (hours and days in their order), at most `MOST_GROUPS`, and how many there are.

    Counted by the database.
    """
    value = grouping.value().label("value")
    of_campaign = rows.c.campaign_id == campaign_id
    query = select(value, rows.c.state, rows.c.price, func.count()).where(of_campaign)
    # PostgreSQL takes an expression with parameters for another one each time.
    place: ColumnElement[Any] = literal_column("1")
    states: dict[str, dict[RowState, int]] = {}
    charged: dict[str, Decimal] = {}
    for text, state, price, count in connection.execute(query.group_by(place, rows.c.state, rows.c.price)):
        counted = states.setdefault(text, {})
        counted[RowState(state)] = counted.get(RowState(state), 0) + count
        charged[text] = charged.get(text, Decimal(0)) + (amount_of(price) * count if price else 0)

    def people(row_id: Any, condition: ColumnElement[bool]) -> dict[str, int]:
        told = select(value, func.count(distinct(rows.c.id))).join_from(rows, row_id.table, row_id == rows.c.id)
        return {one[0]: one[1] for one in connection.execute(told.where(of_campaign, condition).group_by(place))}

    wrote = people(replies.c.row_id, replies.c.keyword.is_(None))
    stopped = people(replies.c.row_id, replies.c.keyword == "stop")
    opened = people(clicks.c.row_id, clicks.c.who == Who.PERSON.value)
    found = [
        Group(text, Counts.of(one), charged[text], wrote.get(text, 0), stopped.get(text, 0), opened.get(text, 0))
        for text, one in states.items()
    ]
    if grouping.by in (HOUR, WEEKDAY):
        found.sort(key=lambda group: int(group.value or 99))
    else:
        found.sort(key=lambda group: (-group.counts.in_the_list, group.value))
    return found[:MOST_GROUPS], len(found)


def breakdown_csv(groups: Sequence[Group], by: str) -> bytes:
    """The table as a file."""
    more = ("Arrived at least", "Arrived at most", "Charged", "Replies", "Opt-outs", "Clicked")
    return csv_bytes([by, *(word.label for word in WORDS), *more], [_line(group, by) for group in groups])


def _line(group: Group, by: str) -> list[str]:
    counts = group.counts
    numbers = (counts.in_the_list, counts.handed_over, *counts.parts.values())
    shares = ("" if share is None else f"{share:.4f}" for share in (counts.arrived.low, counts.arrived.high))
    people = map(str, (group.replies, group.opt_outs, group.clicked))
    return [label(by, group.value), *map(str, numbers), *shares, f"{group.charged:.4f}", *people]

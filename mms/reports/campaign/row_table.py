"""The table of a campaign's rows, one screen at a time, counted and sorted by the database."""

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from mms.ledger.tables import rows
from mms.reports.campaign.explanations import Explanation, explanation
from mms.reports.campaign.row_filter import EVERYTHING, RowFilter
from mms.reports.counts import Counts
from mms.states import RowState


class RowOrder(StrEnum):
    """What the table can be sorted by."""

    ROW = "row_number"
    TO = "recipient"
    RESULT = "state"
    CODE = "error_code"
    SENT = "sent_at"
    UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the table. Times are seconds since 1970."""

    id: int
    row_number: int
    recipient: str | None
    cells: tuple[str, ...]
    state: RowState
    why: Explanation
    message_sid: str | None
    attempts: int
    not_before: float | None
    sent_at: float | None
    updated_at: float
    price: str | None


_COLUMNS = (
    rows.c.id,
    rows.c.row_number,
    rows.c.recipient,
    rows.c.cells,
    rows.c.state,
    rows.c.reason,
    rows.c.problem,
    rows.c.problem_text,
    rows.c.error_code,
    rows.c.http_status,
    rows.c.message_sid,
    rows.c.attempts,
    rows.c.not_before,
    rows.c.sent_at,
    rows.c.updated_at,
    rows.c.price,
)


def row_page(
    connection: Connection,
    campaign_id: int,
    chosen: RowFilter = EVERYTHING,
    *,
    order: RowOrder = RowOrder.ROW,
    descending: bool = False,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[RowView], int]:
    """The rows of one screen, and how many the filter finds in all. Rows without a value come last."""
    where = chosen.where(campaign_id)
    total = connection.execute(select(func.count()).select_from(rows).where(*where)).scalar_one()
    column = rows.c[order.value]
    first = column.desc() if descending else column.asc()
    key = [first] if order is RowOrder.ROW else [first.nulls_last(), rows.c.row_number]
    query = select(*_COLUMNS).where(*where).order_by(*key).offset(offset).limit(limit)
    return [_view(found) for found in connection.execute(query)], total


def part_counts(connection: Connection, campaign_id: int, chosen: RowFilter) -> Counts:
    """What the search and the codes find, by part, whatever results are chosen."""
    where = replace(chosen, states=()).where(campaign_id)
    query = select(rows.c.state, func.count()).where(*where).group_by(rows.c.state)
    return Counts.of({RowState(state): count for state, count in connection.execute(query)})


def rows_after(connection: Connection, campaign_id: int, row_number: int, *, limit: int) -> list[RowView]:
    """The rows behind this one, in the order of the file: one page after the other, however long the file is."""
    behind = (rows.c.campaign_id == campaign_id) & (rows.c.row_number > row_number)
    query = select(*_COLUMNS).where(behind).order_by(rows.c.row_number).limit(limit)
    return [_view(found) for found in connection.execute(query)]


def row_views(connection: Connection, *where: ColumnElement[bool]) -> list[RowView]:
    """Every row for which all conditions hold, by campaign and row number; for small selections."""
    query = select(*_COLUMNS).where(*where).order_by(rows.c.campaign_id, rows.c.row_number)
    return [_view(found) for found in connection.execute(query)]


def _view(found: Any) -> RowView:
    why = explanation(found.state, found.reason, found.problem, found.problem_text, found.error_code, found.http_status)
    return RowView(
        id=found.id,
        row_number=found.row_number,
        recipient=found.recipient,
        cells=tuple(json.loads(found.cells)),
        state=RowState(found.state),
        why=why,
        message_sid=found.message_sid,
        attempts=found.attempts,
        not_before=found.not_before,
        sent_at=found.sent_at,
        updated_at=found.updated_at,
        price=found.price,
    )

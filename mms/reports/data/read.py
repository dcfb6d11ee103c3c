"""Reads the tables in batches, each in a short transaction: an export of a million rows holds neither lock nor memory."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Select, select

from mms.ledger import Ledger
from mms.ledger.tables import attempts, campaigns, clicks, replies, rows
from mms.logs import mask_text
from mms.reports.comparison.metrics import compare
from mms.reports.counts import Part, part_of
from mms.reports.data.tables import schema_of
from mms.reports.files.channels import MessageShape
from mms.states import RowState

_BATCH = 20_000
_RECEIPT = "receipt"
Record = tuple[Any, ...]


def read_batches(
    ledger: Ledger, name: str, campaign_ids: Sequence[int] | None, *, numbers: bool
) -> Iterator[pa.RecordBatch]:
    """The table in order of its ids, of these campaigns or of all. `numbers`: phone numbers and cells unmasked."""
    if name == "campaigns":
        yield _batch(name, _campaigns(ledger, campaign_ids))
        return
    columns = _columns_of(ledger) if name == "rows" and numbers else {}
    query, key, line = _SOURCES[name]()
    if campaign_ids is not None:
        query = query.where(key.table.c.campaign_id.in_(campaign_ids))
    after = 0
    while True:
        with ledger.read() as connection:
            found = connection.execute(query.where(key > after).order_by(key).limit(_BATCH)).all()
        if found:
            yield _batch(name, [line(one, columns, numbers) for one in found])
            after = found[-1][0]
        if len(found) < _BATCH:
            return


def _batch(name: str, records: Sequence[Record]) -> pa.RecordBatch:
    schema = schema_of(name)
    by_column = zip(*records, strict=True) if records else [()] * len(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(by_column, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _campaigns(ledger: Ledger, campaign_ids: Sequence[int] | None) -> list[Record]:
    query = select(campaigns).order_by(campaigns.c.id)
    if campaign_ids is not None:
        query = query.where(campaigns.c.id.in_(campaign_ids))
    with ledger.read() as connection:
        found = connection.execute(query).all()
        figures = {one.campaign.id: one for one in compare(connection, [one.id for one in found], timed=False)}
    return [_campaign(one, figures[one.id]) for one in found]


def _campaign(one: Any, figures: Any) -> Record:
    counts = figures.counts
    channel = MessageShape.of(one.body, one.media_urls, one.columns).planned
    about = (one.id, one.name, one.kind, one.mode, one.state, one.sender_address, channel, "|".join(one.tags))
    times = (_ms(one.created_at), _ms(one.started_at), _ms(one.finished_at))
    parts = (counts.in_the_list, counts.handed_over, *(counts[part] for part in Part))
    return (*about, one.parent_id, *times, *parts, float(figures.cost))


def _columns_of(ledger: Ledger) -> dict[int, list[str]]:
    with ledger.read() as connection:
        return {one.id: one.columns for one in connection.execute(select(campaigns.c.id, campaigns.c.columns))}


def _rows() -> tuple[Select[Any], Any, Callable[..., Record]]:
    c = rows.c
    query = select(
        c.id, c.campaign_id, c.row_number, c.recipient, c.state, c.reason, c.problem, c.error_code, c.message_sid,
        c.attempts, c.sent_at, c.updated_at, c.price, c.coupon, c.time_zone, c.cells,
    )  # fmt: skip
    return query, c.id, _row


def _row(found: Any, columns: dict[int, list[str]], numbers: bool) -> Record:
    _id, campaign, number, to, state, reason, problem, code, sid, tries, sent, updated, price, coupon, zone, cells = found
    delivered = _ms(updated) if state == RowState.DELIVERED else None
    told = (state, reason, problem, code, sid, tries, _ms(sent), delivered, _ms(updated), _charge(price), coupon, zone)
    return (campaign, number, _masked(to, numbers), part_of(RowState(state)), *told, _cells(cells, columns.get(campaign)))


def _cells(cells: str, columns: list[str] | None) -> str | None:
    if columns is None or cells == "[]":
        return None
    return json.dumps(dict(zip(columns, json.loads(cells), strict=False)), ensure_ascii=False)


def _events(*, is_receipt: bool) -> tuple[Select[Any], Any, Callable[..., Record]]:
    c = attempts.c
    wanted = c.event == _RECEIPT if is_receipt else c.event != _RECEIPT
    query = (
        select(c.id, c.campaign_id, rows.c.row_number, c.at, c.event, c.status, c.error_code, c.message_sid)
        .outerjoin(rows, rows.c.id == c.row_id)
        .where(wanted)
    )
    return query, c.id, _event


def _event(found: Any, _columns: Any, _numbers: bool) -> Record:
    _id, campaign, number, at, *rest = found
    return (campaign, number, _ms(at), *rest)


def _replies() -> tuple[Select[Any], Any, Callable[..., Record]]:
    c = replies.c
    query = select(
        c.id, c.campaign_id, rows.c.row_number, c.at, c.sender, c.address, c.keyword, c.body
    ).outerjoin(rows, rows.c.id == c.row_id)
    return query, c.id, _reply


def _reply(found: Any, _columns: Any, numbers: bool) -> Record:
    _id, campaign, number, at, sender, address, keyword, text = found
    return (campaign, number, _ms(at), _masked(sender, numbers), address, keyword, _masked(text, numbers))


def _clicks() -> tuple[Select[Any], Any, Callable[..., Record]]:
    c = clicks.c
    query = select(c.id, c.campaign_id, rows.c.row_number, c.at, c.place, c.who, c.device)
    return query.outerjoin(rows, rows.c.id == c.row_id), c.id, _click


def _click(found: Any, _columns: Any, _numbers: bool) -> Record:
    _id, campaign, number, at, place, *rest = found
    return (campaign, number, _ms(at), place + 1, *rest)


_SOURCES: dict[str, Callable[[], tuple[Select[Any], Any, Callable[..., Record]]]] = {
    "rows": _rows,
    "attempts": lambda: _events(is_receipt=False),
    "receipts": lambda: _events(is_receipt=True),
    "replies": _replies,
    "clicks": _clicks,
}


def _masked(text: str | None, numbers: bool) -> str | None:
    return text if numbers or text is None else mask_text(text)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def _charge(price: str | None) -> float | None:
    try:
        return None if price is None else abs(float(price))
    except ValueError:
        return None

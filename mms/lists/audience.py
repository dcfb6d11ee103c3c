"""A list or a segment as an upload: what a campaign is made of, checked and sent like any file."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, select

from mms.errors import CampaignError
from mms.ledger.tables import list_people
from mms.lists.conditions import Condition, Moment, people_where
from mms.lists.saved_lists import SavedList, saved_list
from mms.lists.segments import Segment
from mms.recipients import Upload, csv_bytes, safe_file_name

_CHUNK = 20_000
_FIRST_ROW = 2  # the header is row 1, as in a spreadsheet


def upload_of_list(connection: Connection, found: SavedList, moment: Moment) -> Upload:
    """Everybody of a list. Raises CampaignError: code `nobody`."""
    return upload_where(connection, found, found.name, (), moment)


def upload_of_segment(connection: Connection, segment: Segment, moment: Moment) -> Upload:
    """Who fulfils a segment's conditions now. Raises CampaignError: code `nobody`."""
    return upload_where(connection, saved_list(connection, segment.list_id), segment.name, segment.conditions, moment)


def list_csv(connection: Connection, found: SavedList) -> bytes:
    """A list as CSV that Excel opens: its columns, with the numbers in E.164, and consent behind them."""
    header = [*found.columns, "consent_at", "consent_text", "consent_source"]
    return csv_bytes(header, _lines(connection, found))


def _lines(connection: Connection, found: SavedList) -> Iterator[list[str]]:
    query = select(list_people).where(list_people.c.list_id == found.id).order_by(list_people.c.id)
    for one in connection.execution_options(yield_per=_CHUNK).execute(query).mappings():
        cells = {**one["cells"], found.phone_column: one["recipient"]}
        at = "" if one["consent_at"] is None else str(np.datetime64(int(one["consent_at"]), "s")) + "Z"
        consent = [at, one["consent_text"] or "", one["consent_source"] or ""]
        yield [*(cells.get(column, "") for column in found.columns), *consent]


def upload_where(
    connection: Connection, found: SavedList, name: str, conditions: Sequence[Condition], moment: Moment
) -> Upload:
    """The people of a list who fulfil all conditions now. Raises CampaignError: code `nobody`."""
    query = (
        select(list_people.c.recipient, list_people.c.cells)
        .where(people_where(found.id, conditions, moment))
        .order_by(list_people.c.id)
    )
    columns: list[list[str]] = [[] for _ in found.columns]
    for recipient, cells in connection.execution_options(yield_per=_CHUNK).execute(query):
        for column, values in zip(found.columns, columns, strict=True):
            values.append(recipient if column == found.phone_column else cells.get(column, ""))
    if not columns[0]:
        raise CampaignError(f"Nobody is in “{name}” right now. Add people, or change its conditions.", code="nobody")
    return upload_of_cells(name, found.columns, columns)


def upload_of_cells(name: str, names: Sequence[str], columns: Sequence[list[str]]) -> Upload:
    """An upload of cells that were read before: column by column, each in the order of the rows."""
    table = pa.table({column: pa.array(values, pa.string()) for column, values in zip(names, columns, strict=True)})
    digest = hashlib.sha256()
    for column in table.columns:
        for chunk in column.chunks:
            for buffer in chunk.buffers():
                digest.update(buffer or b"")
    return Upload(
        file_name=safe_file_name(name),
        sha256=digest.hexdigest(),
        table=table,
        row_numbers=np.arange(_FIRST_ROW, len(columns[0]) + _FIRST_ROW, dtype=np.int32),
    )

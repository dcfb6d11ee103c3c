"""Rows that a program sends as JSON objects, as an upload: nothing is guessed, each key is a column."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from mms.problems import FileCode
from mms.recipients.read.file_errors import file_error
from mms.recipients.read.upload import Upload

Cell = str | int | float | bool | None
_FIRST_ROW = 2  # the names are row 1, as in a spreadsheet


def upload_of_records(records: Sequence[Mapping[str, Cell]], *, name: str) -> Upload:
    """Columns in the order in which they first appear; what an object leaves out is blank.

    Raises:
        UploadError: code `no_rows`, or `no_header` for a column without a name.
    """
    columns = list(dict.fromkeys(column for record in records for column in record))
    if not records:
        raise file_error(FileCode.NO_ROWS)
    if not columns or not all(column.strip() for column in columns):
        raise file_error(FileCode.NO_HEADER, row=1)
    table = pa.table(
        {column: pa.array([_text(record.get(column)) for record in records], pa.string()) for column in columns}
    )
    content = json.dumps([columns, table.to_pydict()], ensure_ascii=False, sort_keys=True)
    return Upload(
        file_name=name,
        sha256=hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest(),
        table=table,
        row_numbers=np.arange(_FIRST_ROW, len(records) + _FIRST_ROW, dtype=np.int32),
    )


def _text(cell: Cell) -> str:
    """As a spreadsheet shows it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()

"""Several files to one list: columns matched by name, every row with the file and the row that it comes from."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from mms.message import squeeze
from mms.recipients.read.upload import Upload
from mms.recipients.repairs import Repair, merged

FILE_COLUMN = "From file"
FILE_ROW_COLUMN = "Row in file"


def joined(first: Upload, second: Upload) -> Upload:
    """The rows of both, those of the second behind; row numbers go on, because two files have the same ones."""
    tables = [_with_source(first), _with_source(second)]
    names = _matched(tables[0].column_names, tables[1].column_names)
    tables[1] = tables[1].rename_columns(names)
    columns = list(dict.fromkeys([*tables[0].column_names, *names]))
    table = pa.concat_tables([_with_columns(table, columns) for table in tables])
    start = int(first.row_numbers[-1]) if len(first) else first.header_row
    numbers = np.concatenate([first.row_numbers, np.arange(start + 1, start + 1 + len(second), dtype=np.int32)])
    hidden = (set(first.hidden_columns) | set(second.hidden_columns)) & set(columns)
    return replace(
        first,
        file_name=f"{first.file_name} + {second.file_name}"[:100],
        sha256=hashlib.sha256(f"{first.sha256}{second.sha256}".encode()).hexdigest(),
        table=table,
        row_numbers=numbers.astype(np.int32),
        repairs=merged([*first.repairs, *second.repairs, Repair("joined_files", len(second), second.file_name)]),
        sheets=(),
        sheet=None,
        hidden_columns=tuple(column for column in columns if column in hidden),
    )


def _with_source(upload: Upload) -> pa.Table:
    if FILE_COLUMN in upload.columns:
        return upload.table
    rows = [str(row) for row in upload.row_numbers.tolist()]
    table = upload.table.append_column(FILE_COLUMN, pa.array([upload.file_name] * len(upload), pa.string()))
    return table.append_column(FILE_ROW_COLUMN, pa.array(rows, pa.string()))


def _matched(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Their columns under our names where the names are the same but for case, spaces and punctuation."""
    known: dict[str, str] = {}
    for name in ours:
        known.setdefault(squeeze(name), name)
    taken: set[str] = set()
    names = []
    for name in theirs:
        match = known.get(squeeze(name), name)
        names.append(name if match in taken else match)
        taken.add(names[-1])
    return names


def _with_columns(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    blank = pa.array([""] * table.num_rows, pa.string())
    for name in columns:
        if name not in table.column_names:
            table = table.append_column(name, blank)
    return table.select(list(columns))

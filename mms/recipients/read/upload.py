"""A spreadsheet that was read: text cells under named columns, with the row numbers that the spreadsheet shows."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.message import squeeze
from mms.recipients.repairs import Repair

ROW_COLUMN = "__row__"
EXTRA_CELLS = "Cells without a column"
"""Column that holds what stands to the right of the last column name, so that no cell is lost."""
BLANK_EXTRA = "(blank cell)"
"""Stands in that column for a row with one blank cell too many: its values may have moved all the same."""

_NUMBERED = re.compile(r" \(\d+\)$")
_CHUNKS_BEFORE_COMPACTION = 64
_ROWS_A_BATCH = 20_000
_ESCAPED = r'[\x00-\x1f"\\]'  # in a JSON string, when everything else is left as it is
_JSON = json.JSONEncoder(ensure_ascii=False)  # once: `json.dumps` would make one for each row


@dataclass(frozen=True, eq=False)
class Upload:
    """Immutable; the campaign is sent from this, never from the file again. `row` is always the spreadsheet's number.

    `hidden_columns` are those that the spreadsheet did not show; they are kept, but never guessed to be meant.
    `table` holds one string column for each name in `columns`; `sha256` is of the bytes as uploaded.
    """

    file_name: str
    sha256: str
    table: pa.Table
    row_numbers: npt.NDArray[np.int32]
    header_row: int = 1
    repairs: tuple[Repair, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    hidden_columns: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Column names, unique, in the order of the file."""
        return tuple(self.table.column_names)

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Column by squeezed name; of several with the same key the first."""
        keys: dict[str, str] = {}
        for column in self.columns:
            keys.setdefault(squeeze(column), column)
        return keys

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def column(self, name: str) -> pa.ChunkedArray:
        """All cells of one column, in the order of the rows."""
        return self.table.column(name)

    def original_name(self, column: str) -> str:
        """A column's name as the file has it: without the number that made it unique."""
        base = _NUMBERED.sub("", column)
        return base if base in self.columns else column

    def position(self, row: int) -> int:
        """Index of a spreadsheet row; raises KeyError when the upload has no such row."""
        found = int(np.searchsorted(self.row_numbers, row))
        if found >= len(self) or int(self.row_numbers[found]) != row:
            raise KeyError(f"row {row}")
        return found

    def cells(self, row: int) -> dict[str, str]:
        """One row, by column name; raises KeyError when the upload has no such row."""
        at = self.position(row)
        return {name: self.table.column(name)[at].as_py() for name in self.columns}

    def values(self, row: int) -> dict[str, str]:
        """One row as message templates want it: by squeezed column name."""
        cells = self.cells(row)
        return {key: cells[column] for key, column in self.keys.items()}

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Every row with its number, in order; reads in batches, so a million rows do not fill the memory."""
        at = 0
        for batch in self.table.to_batches(max_chunksize=_ROWS_A_BATCH):
            numbers = self.row_numbers[at : at + batch.num_rows].tolist()
            cells = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            yield from zip(numbers, cells, strict=True)
            at += batch.num_rows

    def rows_as_json(self) -> Iterator[tuple[int, str]]:
        """Every row with its number, its cells as a JSON list: what `json.dumps(cells, ensure_ascii=False)` gives.

        Written a column at a time, which takes a tenth of the time; rows with something to escape go the usual way.
        """
        at = 0
        for batch in self.table.to_batches(max_chunksize=_ROWS_A_BATCH):
            numbers = self.row_numbers[at : at + batch.num_rows].tolist()
            yield from zip(numbers, _json_lists(batch), strict=True)
            at += batch.num_rows

    def with_cell(self, row: int, column: str, value: str) -> "Upload":
        """A copy in which one cell is mended; shares everything else with this one.

        Raises:
            KeyError: when the upload has no such row or column.
        """
        if column not in self.columns:
            raise KeyError(f"column {column}")
        at, index = self.position(row), self.columns.index(column)
        cells = self.table.column(index)
        chunks = [*cells.slice(0, at).chunks, pa.array([value.strip()], pa.string()), *cells.slice(at + 1).chunks]
        mended = pa.chunked_array(chunks, pa.string())
        if mended.num_chunks > _CHUNKS_BEFORE_COMPACTION:
            mended = pa.chunked_array([mended.combine_chunks()])
        return replace(self, table=self.table.set_column(index, column, mended))

    def to_bytes(self) -> bytes:
        """Compressed, for a database blob; `from_bytes` reads it back."""
        numbered = self.table.append_column(ROW_COLUMN, pa.array(self.row_numbers, pa.int32()))
        about = {
            "file_name": self.file_name,
            "sha256": self.sha256,
            "header_row": self.header_row,
            "repairs": [[repair.kind, repair.count, repair.example] for repair in self.repairs],
            "sheets": self.sheets,
            "sheet": self.sheet,
            "hidden_columns": self.hidden_columns,
        }
        numbered = numbered.replace_schema_metadata({"upload": json.dumps(about)})
        out = io.BytesIO()
        with pa.ipc.new_stream(out, numbered.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(numbered)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """An upload as `to_bytes` stored it."""
        with pa.ipc.open_stream(stored) as reader:
            table = reader.read_all()
        about: dict[str, Any] = json.loads(table.schema.metadata[b"upload"])
        return cls(
            file_name=about["file_name"],
            sha256=about["sha256"],
            table=table.select(range(table.num_columns - 1)).replace_schema_metadata(None),
            row_numbers=table.column(table.num_columns - 1).to_numpy(),
            header_row=about["header_row"],
            repairs=tuple(Repair(*repair) for repair in about["repairs"]),
            sheets=tuple(about["sheets"]),
            sheet=about["sheet"],
            hidden_columns=tuple(about.get("hidden_columns", ())),
        )


def _json_lists(batch: pa.RecordBatch) -> list[str]:
    columns = batch.columns
    joined = pc.binary_join_element_wise(*columns, '", "')
    texts: list[str] = pc.binary_join_element_wise('["', joined, '"]', "").to_pylist()
    odd = reduce(pc.or_, (pc.match_substring_regex(column, _ESCAPED) for column in columns))
    for place in np.flatnonzero(odd.to_numpy(zero_copy_only=False)).tolist():
        texts[place] = _JSON.encode([column[place].as_py() for column in columns])
    return texts

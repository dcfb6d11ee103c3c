"""Rows to mend, out as `problems.csv` and back in again."""

from dataclasses import dataclass, replace

import pyarrow as pa

from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients.checked import CheckedList, Verdict
from mms.recipients.reading import read_upload
from mms.recipients.spreadsheet_cells import csv_bytes
from mms.recipients.upload import EXTRA_CELLS, Upload

ROW, REASON = "row", "reason"


def problems_csv(checked: CheckedList) -> bytes:
    """The rows with problems: their own columns, then `row` and `reason`. Mend the cells, keep `row`, upload again."""
    upload = checked.upload
    rows = checked.rows_with(Verdict.PROBLEM)
    positions = pa.array([upload.position(row) for row in rows], pa.int64())
    columns = [upload.column(name).take(positions).to_pylist() for name in upload.columns]
    reasons = [
        " ".join(
            f"{problem.column}: {problem.message}" if problem.column else problem.message
            for problem in checked.problems_by_row[row]
        )
        for row in rows
    ]
    header = [*(upload.original_name(name) for name in upload.columns), ROW, REASON]
    return csv_bytes(header, zip(*columns, map(str, rows), reasons, strict=True))


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a mended file changed; `unknown_rows` were left out: not in the upload, or with cells beyond the columns."""

    changed_rows: tuple[int, ...]
    unchanged_rows: tuple[int, ...]
    unknown_rows: tuple[str, ...]


def merge_mended(upload: Upload, mended: bytes) -> tuple[Upload, MergeResult]:
    """The upload with the cells of a mended `problems.csv` put into the rows that its `row` column names.

    Raises:
        UploadError: when the file cannot be read, or has no `row` column (`missing_columns`).
    """
    new_cells, unknown = _mended_cells(upload, read_upload(mended))
    changed = {row: cells for row, cells in new_cells.items() if cells.items() - upload.cells(row).items()}
    unchanged = tuple(row for row in new_cells if row not in changed)
    return _with_cells(upload, changed), MergeResult(tuple(changed), unchanged, tuple(unknown))


def _mended_cells(upload: Upload, mended: Upload) -> tuple[dict[int, dict[str, str]], list[str]]:
    """New cells by row of the upload, and the row cells that fit no row."""
    row_column = _row_column(mended)
    columns = [name for name in upload.columns if name in mended.columns and name != row_column]
    known = set(upload.row_numbers.tolist())
    by_row: dict[int, dict[str, str]] = {}
    unknown: list[str] = []
    for _, cells in mended.rows():
        named = dict(zip(mended.columns, cells, strict=True))
        row = named[row_column].removesuffix(".0")
        surplus = named.get(EXTRA_CELLS, "") if EXTRA_CELLS not in upload.columns else ""
        if surplus or not row.isdecimal() or int(row) not in known:
            unknown.append(named[row_column])
            continue
        by_row[int(row)] = {name: named[name] for name in columns}
        if EXTRA_CELLS in upload.columns:
            # Where every surplus cell was cleared the column is not read back.
            by_row[int(row)][EXTRA_CELLS] = named.get(EXTRA_CELLS, "")
    return by_row, unknown


def _row_column(upload: Upload) -> str:
    """The last column called `row`: the file may have one of its own, which stands before ours."""
    named = [name for name in upload.columns if upload.original_name(name).casefold() == ROW]
    if not named:
        raise UploadError(
            "The file has no column called “row”, so we cannot tell which rows it mends. "
            "Download problems.csv again and keep that column.",
            code=FileCode.MISSING_COLUMNS,
        )
    return named[-1]


def _with_cells(upload: Upload, cells: dict[int, dict[str, str]]) -> Upload:
    """All changes at once, each column rewritten once."""
    table = upload.table
    positions = {row: upload.position(row) for row in cells}
    for index, column in enumerate(upload.columns):
        changes = {positions[row]: new[column] for row, new in cells.items() if column in new}
        if changes:
            whole = table.column(index).to_pylist()
            for position, value in changes.items():
                whole[position] = value
            table = table.set_column(index, column, pa.chunked_array([pa.array(whole, pa.string())]))
    return replace(upload, table=table)

"""Rows to mend, out as `problems.csv` and back in again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, count

import pyarrow as pa

from mms.errors import UploadError
from mms.message import MessageTemplate, Template, squeeze
from mms.problems import FileCode, MediaCode, PhoneCode, PictureCode, RowCode
from mms.recipients.check.checked_list import CheckedList, RowProblem, Verdict
from mms.recipients.read.isolated import read_upload
from mms.recipients.read.upload import EXTRA_CELLS, Upload
from mms.recipients.spreadsheet_cells import csv_bytes

# The first of each is what the columns are called, unless the upload has a column of that name itself.
_ROW = ("row", "spreadsheet row")
_REASON = ("reason", "what is wrong")
# 12 as spreadsheets show it in one country or another: 12.0, 12,00; and 1504 as 1,504 or 1.504.
_DECIMALS = re.compile(r"[.,]0{1,2}$")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+")


def problems_csv(checked: CheckedList) -> bytes:
    """The rows with problems: their own columns, then `row` and `reason`. Mend the cells, keep `row`, upload again.

    Column names are unique, whatever the upload has, so that the columns may come back in any order.
    """
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
    header = [*upload.columns, row_column_name(upload), _free_name(upload, *_REASON)]
    return csv_bytes(header, zip(*columns, map(str, rows), reasons, strict=True))


def row_column_name(upload: Upload) -> str:
    """What `problems_csv` calls the column that says where the cells belong."""
    return _free_name(upload, *_ROW)


def column_to_mend(upload: Upload, problem: RowProblem, message: MessageTemplate | None) -> str | None:
    """The column whose cell mends a problem: for one of the whole row the longest cell that the message puts in."""
    if problem.column is not None or message is None:
        return problem.column
    parts: dict[PhoneCode | RowCode | MediaCode | PictureCode, tuple[Template, ...]] = {
        RowCode.MESSAGE_TOO_LONG: (message.body,),
        RowCode.MESSAGE_EMPTY: (message.body, *message.media),
        MediaCode.TOO_MANY: message.media,
    }
    templates = parts.get(problem.code, ())
    keys = [field.key for template in templates for field in template.merge_fields]
    cells = upload.cells(problem.row)
    columns = [upload.keys[key] for key in keys if key in upload.keys]
    return max(columns, key=lambda column: len(cells[column]), default=None)


def _free_name(upload: Upload, name: str, instead: str) -> str:
    taken = set(map(squeeze, upload.columns))
    candidates = chain((name, instead), (f"{instead} {number}" for number in count(2)))
    return next(candidate for candidate in candidates if squeeze(candidate) not in taken)


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a mended file changed, and what of it was not taken over.

    `unknown_rows` are not in the upload; `too_wide_rows` have cells beyond the columns, which may have moved;
    `conflicting_rows` stand there several times with different cells; `unknown_columns` are not in the upload.
    """

    changed_rows: tuple[int, ...]
    unchanged_rows: tuple[int, ...]
    unknown_rows: tuple[str, ...] = ()
    too_wide_rows: tuple[int, ...] = ()
    conflicting_rows: tuple[int, ...] = ()
    unknown_columns: tuple[str, ...] = ()


def merge_mended(upload: Upload, mended: bytes, *, by: str | None = None) -> tuple[Upload, MergeResult]:
    """The upload with the cells of a mended `problems.csv` put into the rows that its `row` column names.

    Raises:
        UploadError: when the file cannot be read, has no `row` column (`missing_columns`) or several
            (`duplicate_column`).
    """
    file = read_upload(mended, by=by)
    row_column = _row_column(upload, file)
    columns = _matched_columns(upload, file)
    known = set(upload.row_numbers.tolist())
    new_cells: dict[int, dict[str, str]] = {}
    unknown, too_wide, conflicting = [], [], []
    for cells in _filled_rows(file):
        row = _row_number(cells[row_column])
        new = {name: cells[theirs] for theirs, name in columns.items()}
        if EXTRA_CELLS in upload.columns:
            # Where every surplus cell was cleared the column is not read back.
            new[EXTRA_CELLS] = cells.get(EXTRA_CELLS, "")
        if row not in known:
            unknown.append(cells[row_column])
        elif EXTRA_CELLS not in new and cells.get(EXTRA_CELLS):
            too_wide.append(row)
        elif new_cells.setdefault(row, new) != new:
            conflicting.append(row)
    for row in conflicting:
        new_cells.pop(row, None)
    changed = {row: new for row, new in new_cells.items() if new.items() - upload.cells(row).items()}
    result = MergeResult(
        changed_rows=tuple(changed),
        unchanged_rows=tuple(row for row in new_cells if row not in changed),
        unknown_rows=tuple(unknown),
        too_wide_rows=tuple(too_wide),
        conflicting_rows=tuple(dict.fromkeys(conflicting)),
        unknown_columns=_unknown_columns(upload, file, {row_column, EXTRA_CELLS, *columns}),
    )
    return _with_cells(upload, changed), result


def _filled_rows(file: Upload) -> Iterator[dict[str, str]]:
    for _, cells in file.rows():
        if any(cells):
            yield dict(zip(file.columns, cells, strict=True))


def _row_number(cell: str) -> int:
    """The number in a cell of the `row` column; 0, which no row has, when it holds none."""
    whole = _DECIMALS.sub("", cell)
    if _THOUSANDS.fullmatch(whole):
        whole = "".join(filter(str.isdecimal, whole))
    return int(whole) if whole.isdecimal() and len(whole) <= 10 else 0


def _row_column(upload: Upload, file: Upload) -> str:
    """The column that `problems_csv` wrote; a column `row` of the upload itself is another one."""
    name = row_column_name(upload)
    named = [column for column in file.columns if squeeze(file.original_name(column)) == squeeze(name)]
    if not named:
        raise UploadError(
            f"The file has no column called “{name}”, so we cannot tell which rows it fixes. "
            "Download problems.csv again and keep that column.",
            code=FileCode.MISSING_COLUMNS,
        )
    if len(named) > 1:
        raise UploadError(
            f"More than one column is called “{name}”, so we cannot tell which rows the file fixes. "
            "Keep the one that problems.csv came with.",
            code=FileCode.DUPLICATE_COLUMN,
        )
    return named[0]


def _matched_columns(upload: Upload, file: Upload) -> dict[str, str]:
    """Column of the upload for each column of the mended file: the same name, or else the only similar one."""
    matched = {name: name for name in file.columns if name in upload.columns and name != EXTRA_CELLS}
    theirs = _by_key(name for name in file.columns if name not in matched)
    ours = _by_key(name for name in upload.columns if name not in matched)
    for key, names in theirs.items():
        if len(names) == 1 and len(ours.get(key, ())) == 1:
            matched[names[0]] = ours[key][0]
    return matched


def _by_key(names: Iterator[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(squeeze(name), []).append(name)
    return found


def _unknown_columns(upload: Upload, file: Upload, used: set[str]) -> tuple[str, ...]:
    reason = squeeze(_free_name(upload, *_REASON))
    return tuple(name for name in file.columns if name not in used and squeeze(name) != reason)


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

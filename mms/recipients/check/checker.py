"""Upload and options to a verdict on every row. Pure: no database, no network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.phones import ColumnVerdicts, check_column
from mms.problem_texts import PHONE_TEXTS, ROW_TEXTS
from mms.problems import FileCode, RowCode
from mms.recipients.check.checked_list import VERDICTS, CheckedList, ListWarning, RowProblem, Verdict
from mms.recipients.check.consent import rows_that_said_no
from mms.recipients.check.duplicates import sent_instead, shared_numbers
from mms.recipients.check.list_warnings import list_warnings
from mms.recipients.check.message_checks import CellProblem, check_messages
from mms.recipients.check.options import CheckOptions
from mms.recipients.check.phone_column import phone_column_of
from mms.recipients.check.row_context import in_their_rows
from mms.recipients.read.file_errors import file_error
from mms.recipients.read.table import filled_rows
from mms.recipients.read.upload import EXTRA_CELLS, Upload
from mms.recipients.repairs import Repair, masked_digits, merged
from mms.recipients.sentences import counted

READY, PROBLEM, DUPLICATE, OPTED_OUT, BLANK, NO_CONSENT = range(len(VERDICTS))
_DEFAULTS = CheckOptions()
_SAMPLE_ROWS = 1_000
_URL_START = r"^\s*(?:https?://|www\.)"


def check(upload: Upload, options: CheckOptions = _DEFAULTS) -> CheckedList:
    """The verdict on every row.

    Raises:
        UploadError: `too_many_rows`, `no_phone_column`, `two_phone_columns`, `duplicate_column`, `missing_columns`.
    """
    if options.max_rows is not None and len(upload) > options.max_rows:
        raise file_error(FileCode.TOO_MANY_ROWS, rows=len(upload), limit=options.max_rows)
    phone_column = phone_column_of(upload, options.phone_column, options.phone_rules)
    phones = check_column(upload.column(phone_column), options.phone_rules)
    phones = in_their_rows(upload, phone_column, phones, options.phone_rules)
    found = check_messages(upload, options.message) if options.message else None
    row_problems = [*_too_many_cells(upload), *(found.problems if found else [])]
    consent_columns, said_no = rows_that_said_no(upload, phone_column)
    verdicts, duplicates = _verdicts(upload, phones, row_problems, said_no, options)
    problems = _problems(upload, phone_column, phones, row_problems, verdicts)
    others = tuple(column for column in upload.columns if column not in (phone_column, EXTRA_CELLS))
    return CheckedList(
        upload=upload,
        phone_column=phone_column,
        merge_columns=others,
        media_columns=tuple(column for column in others if _holds_urls(upload, column)),
        verdicts=verdicts,
        numbers=phones.numbers,
        problems=problems,
        duplicates=duplicates,
        shared_numbers=shared_numbers(upload, phones.numbers, phone_column),
        repairs=merged(
            [*upload.repairs, *_phone_repairs(upload, phone_column, phones), *(found.repairs if found else ())]
        ),
        warnings=(
            *_about_consent(upload, consent_columns, said_no, verdicts, options),
            *list_warnings(upload, phone_column, phones, verdicts, options, found),
        ),
    )


def _about_consent(
    upload: Upload,
    columns: tuple[str, ...],
    said_no: npt.NDArray[np.bool_],
    verdicts: npt.NDArray[np.uint8],
    options: CheckOptions,
) -> Iterator[ListWarning]:
    if not columns:
        return
    where = said_no & (verdicts == READY) if options.include_no_consent else verdicts == NO_CONSENT
    if not (count := int(where.sum())):
        return
    row = int(upload.row_numbers[np.flatnonzero(where)[0]])
    said = "{:,} [row is|rows are] of people who said no to messages in “{}” (row {} is the first)"
    kind, end = (
        ("no_consent_included", ". You chose to send to them all the same.")
        if options.include_no_consent
        else ("no_consent", "; [it is|they are] left out.")
    )
    yield ListWarning(kind, count, counted(said + end, count).format(count, columns[0], row), columns[0], str(row))


def _too_many_cells(upload: Upload) -> list[CellProblem]:
    if EXTRA_CELLS not in upload.columns:
        return []
    filled = pc.not_equal(upload.column(EXTRA_CELLS), "").to_numpy()
    text = ROW_TEXTS[RowCode.TOO_MANY_CELLS]
    return [CellProblem(int(at), EXTRA_CELLS, RowCode.TOO_MANY_CELLS, text) for at in np.flatnonzero(filled)]


def _verdicts(
    upload: Upload,
    phones: ColumnVerdicts,
    row_problems: Sequence[CellProblem],
    said_no: npt.NDArray[np.bool_],
    options: CheckOptions,
) -> tuple[npt.NDArray[np.uint8], dict[int, int]]:
    """Verdict of each row, and for each duplicate the row that is sent to instead.

    Nobody is asked to mend a row that could not go out anyway: opted out, or a duplicate of a ready row.
    """
    blank = ~filled_rows(upload.table)
    to_mend = np.zeros(len(upload), dtype=bool)
    to_mend[[problem.position for problem in row_problems]] = True
    opted_out = _opted_out(phones.numbers, options)
    verdicts = np.full(len(upload), READY, dtype=np.uint8)
    verdicts[to_mend | (phones.codes != 0)] = PROBLEM
    no_consent = np.zeros_like(blank) if options.include_no_consent else _with_same_number(said_no, phones.numbers)
    verdicts[no_consent] = NO_CONSENT
    verdicts[opted_out] = OPTED_OUT
    verdicts[blank] = BLANK
    counted = ~opted_out & ~blank & ~no_consent
    instead = sent_instead(phones.numbers, verdicts == READY, counted, upload.row_numbers, options)
    duplicate = instead >= 0
    verdicts[duplicate] = DUPLICATE
    rows = upload.row_numbers
    return verdicts, dict(zip(rows[duplicate].tolist(), rows[instead[duplicate]].tolist(), strict=True))


def _with_same_number(said_no: npt.NDArray[np.bool_], numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Who said no in one row said it for every row with that number."""
    if not said_no.any():
        return said_no
    refused = numbers[said_no & (numbers != 0)]
    found: npt.NDArray[np.bool_] = said_no | np.isin(numbers, refused)
    return found


def _opted_out(numbers: npt.NDArray[np.int64], options: CheckOptions) -> npt.NDArray[np.bool_]:
    if not options.opted_out:
        return np.zeros(len(numbers), dtype=bool)
    left: npt.NDArray[np.int64] = np.array([int(number) for number in options.opted_out], dtype=np.int64)
    found: npt.NDArray[np.bool_] = np.isin(numbers, left) & (numbers != 0)
    return found


def _problems(
    upload: Upload,
    phone_column: str,
    phones: ColumnVerdicts,
    row_problems: Sequence[CellProblem],
    verdicts: npt.NDArray[np.uint8],
) -> tuple[RowProblem, ...]:
    """Everything to mend in the rows with problems, by row and then in the order of the columns."""
    wrong = np.flatnonzero((phones.codes != 0) & (verdicts == PROBLEM))
    found: list[CellProblem] = []
    for position in wrong.tolist():
        code = phones.refusal(position)
        found.append(CellProblem(position, phone_column, code, PHONE_TEXTS[code]))
    found += [problem for problem in row_problems if verdicts[problem.position] == PROBLEM]
    order = {column: index for index, column in enumerate(upload.columns)}
    found.sort(key=lambda problem: (problem.position, order.get(problem.column or "", len(order))))
    rows = upload.row_numbers[[problem.position for problem in found]].tolist() if found else []
    values = _values(upload, found)
    return tuple(
        RowProblem(row, problem.column, value, problem.code, problem.message)
        for row, value, problem in zip(rows, values, found, strict=True)
    )


def _values(upload: Upload, problems: Sequence[CellProblem]) -> list[str]:
    """The cell behind each problem; what the problem names itself where there is none."""
    values = [problem.value for problem in problems]
    by_column: dict[str, list[int]] = {}
    for index, problem in enumerate(problems):
        if problem.column is not None:
            by_column.setdefault(problem.column, []).append(index)
    for column, indexes in by_column.items():
        positions = pa.array([problems[index].position for index in indexes])
        for index, value in zip(indexes, upload.column(column).take(positions).to_pylist(), strict=True):
            values[index] = value
    return values


def _phone_repairs(upload: Upload, phone_column: str, phones: ColumnVerdicts) -> list[Repair]:
    found: dict[str, Repair] = {}
    for position, kind in phones.repairs:
        if before := found.get(kind):
            found[kind] = Repair(kind, before.count + 1, before.example)
        else:
            cell = upload.column(phone_column)[position].as_py()
            example = f"{masked_digits(cell)} → {masked_digits(f'+{phones.numbers[position]}')}"
            found[kind] = Repair(kind, 1, example)
    return list(found.values())


def _holds_urls(upload: Upload, column: str) -> bool:
    """Whether most filled cells of the first rows are web addresses."""
    sample = upload.column(column).slice(0, _SAMPLE_ROWS)
    filled = pc.sum(pc.not_equal(sample, "")).as_py() or 0
    urls = pc.sum(pc.match_substring_regex(sample, _URL_START, ignore_case=True)).as_py() or 0
    return 0 < filled <= 2 * urls


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One row on its own: `verdict` does not look for duplicates, which takes the whole list."""

    row: int
    verdict: Verdict
    e164: str | None
    problems: tuple[RowProblem, ...]


def check_row(upload: Upload, row: int, options: CheckOptions) -> RowCheck:
    """One row again, at once, after a cell was mended.

    Raises:
        KeyError: when the upload has no such row.
        UploadError: as `check`, for the phone column and the columns of the message.
    """
    phone_column = phone_column_of(upload, options.phone_column, options.phone_rules)
    at = upload.position(row)
    alone = replace(upload, table=upload.table.slice(at, 1), row_numbers=upload.row_numbers[at : at + 1], repairs=())
    checked = check(alone, replace(options, phone_column=phone_column))
    return RowCheck(row, checked.verdict(row), checked.e164(row), checked.problems)

"""Records of any width to a table: columns named, cells trimmed, no cell and no row lost."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients.read.csv_reader import Record
from mms.recipients.read.file_errors import file_error, listed
from mms.recipients.read.header import ColumnNames, clean_name, column_letter, column_names, header_position, is_blank
from mms.recipients.read.upload import BLANK_EXTRA, EXTRA_CELLS, Upload
from mms.recipients.repairs import Repair

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u180e\u00ad"
# All that str.isspace() knows (CR and LF included), and what nobody can see.
_TRIMMED = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + _INVISIBLE
# What our own reports put before a cell that a spreadsheet would run as a formula (OWASP, CSV injection).
_ROWS_FOR_A_HABIT = 3
_NEARLY_ALL = 0.9
_NEUTRALISED = r"^'([\x00-\x20\x7f\x{a0}\x{200b}\x{feff}]*[=+\-@＝＋－＠]|[\t\r])"

_WIDEST = 16_384  # columns of a spreadsheet; nameless ones among them are allowed
_BLANK_ROWS_AT_MOST = 1_000_000
_MOST_CELLS = 60_000_000


class TableBuilder:
    """Takes records in chunks; `upload` closes it. A record's place, or `row_numbers`, says its spreadsheet row."""

    def __init__(self, max_rows: int, max_columns: int, *, ascii_only: bool, has_header: bool = True) -> None:
        self.max_rows, self.max_columns = max_rows, max_columns
        self.ascii_only = ascii_only
        self.has_header = has_header
        self.names: ColumnNames | None = None
        self.header_row = 0
        self.title: list[str] = []
        self._kept: list[int] = []
        self._width = 0
        self._columns: list[list[pa.Array]] = []
        self._row_numbers: list[npt.NDArray[np.int32]] = []
        self._records = 0
        self._placed = 0
        self._blank_surplus: dict[int, int] = {}

    def add(self, records: list[Record], row_numbers: Sequence[int] | None = None) -> None:
        """Records that follow those added before.

        Raises:
            UploadError: `no_header`, `too_many_rows`, `too_large` (columns, cells).
        """
        first = self._records + 1
        numbers = np.arange(first, first + len(records)) if row_numbers is None else np.array(row_numbers)
        self._records += len(records)
        self._require_bounded()
        if self.names is None:
            if all(is_blank(record) for record in records):
                return
            if not self.has_header:
                self._letter_columns(records)
                self._require_bounded()
                self._columns.append(self._as_columns(records))
                self._placed += len(records)
                self._row_numbers.append(numbers.astype(np.int32))
                return
            at = header_position(records)
            self._name_columns(records[at])
            self._require_bounded()
            self.header_row = int(numbers[at])
            self.title = [next(filter(str.strip, record)).strip() for record in records[:at] if not is_blank(record)]
            records, numbers = records[at + 1 :], numbers[at + 1 :]
        if records:
            self._columns.append(self._as_columns(records))
            self._placed += len(records)
            self._row_numbers.append(numbers.astype(np.int32))

    def _letter_columns(self, records: list[Record]) -> None:
        """Names for columns without a header, as wide as the widest of the first records."""
        self._width = min(max(map(len, records)), self.max_columns)
        self._kept = list(range(self._width))
        names = tuple(f"Column {column_letter(at)}" for at in self._kept)
        self.names = ColumnNames(names, frozenset(), ())

    def _require_bounded(self) -> None:
        """Counted as they come: a few megabytes of line ends, or of short rows below a wide header, fill any memory."""
        if self._records > self.max_rows + _BLANK_ROWS_AT_MOST:
            raise file_error(FileCode.TOO_MANY_ROWS, rows=self._records, limit=self.max_rows)
        cells = self._records * len(self._kept)
        if cells > _MOST_CELLS:
            raise UploadError(
                f"The file has {len(self._kept):,} columns in more than {self._records - 1:,} rows, "
                "which is too much to read at once. Delete columns that the message does not use, or split the list.",
                code=FileCode.TOO_LARGE,
            )

    def _name_columns(self, header: Record) -> None:
        named = [position for position, cell in enumerate(header) if cell.strip()]
        if len(named) > self.max_columns or len(header) > _WIDEST:
            raise UploadError(
                f"The file has {max(len(named), len(header)):,} columns; "
                f"up to {self.max_columns:,} can be read. Delete some.",
                code=FileCode.TOO_LARGE,
            )
        self._width = len(header)
        kept = range(len(header)) if len(header) <= self.max_columns else named
        # In our own report that column comes back; it goes on holding what stands beyond the last column.
        self._kept = [position for position in kept if clean_name(header[position]) != EXTRA_CELLS]
        self.names = column_names([header[position] for position in self._kept], self._kept)

    def _as_columns(self, records: list[Record]) -> list[pa.Array]:
        """One array for each kept column, and one for what stands beyond the last."""
        width = self._width
        extra = [""] * len(records)
        if set(map(len, records)) != {width}:
            for place, record in enumerate(records):
                if len(record) > width:
                    extra[place] = self._joined(record[width:])
                    if not extra[place] and not is_blank(record):
                        self._blank_surplus[self._placed + place] = len(record)
                    records[place] = record[:width]
                elif len(record) < width:
                    records[place] = record + [""] * (width - len(record))
        if len(self._kept) < width:
            kept = set(self._kept)
            for place, record in enumerate(records):
                beside = [cell for position, cell in enumerate(record) if position not in kept]
                extra[place] = self._joined([*beside, extra[place]])
                records[place] = [record[position] for position in self._kept]
        return [pa.array(cells, pa.string()) for cells in chain(zip(*records, strict=True), (extra,))]

    @staticmethod
    def _joined(cells: list[str]) -> str:
        return " | ".join(cell.strip() for cell in cells if cell.strip())

    def upload(self, repairs: list[Repair], hidden_letters: Collection[str] = ()) -> Upload:
        """The table of everything added, without blank rows at the end and without nameless blank columns.

        Raises:
            UploadError: `empty_file`, `no_rows`, `too_many_rows`, `missing_columns` (rows wider than the header).
        """
        if self.names is None:
            raise file_error(FileCode.EMPTY_FILE)
        if self.title:
            repairs.append(Repair("title_rows", len(self.title), self.title[0][:60]))
        columns = self._trimmed_columns()
        columns[-1] = self._with_blank_surplus(columns[-1])
        table = pa.table(columns, names=[*self.names.names, EXTRA_CELLS])
        row_numbers = np.concatenate(self._row_numbers) if self._row_numbers else np.zeros(0, np.int32)
        filled = filled_rows(table)
        last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
        if not last:
            raise file_error(FileCode.NO_ROWS)
        if last > self.max_rows:
            raise file_error(FileCode.TOO_MANY_ROWS, rows=last, limit=self.max_rows)
        table, row_numbers, filled = table.slice(0, last), row_numbers[:last], filled[:last]
        if not filled.all():
            blank = np.flatnonzero(~filled)
            repairs.append(Repair("blank_rows", len(blank), str(int(row_numbers[blank[0]]))))
        table = self._without_empty_columns(table, self.names, int(filled.sum()))
        repairs += _about_names(table, self.names)
        if not self.has_header:
            repairs.append(Repair("lettered_columns", 1, listed(table.column_names, 3)))
        letters = dict(zip(map(column_letter, self._kept), self.names.names, strict=True))
        hidden = tuple(letters[letter] for letter in hidden_letters if letters.get(letter) in table.column_names)
        return Upload("", "", table, row_numbers, self.header_row, tuple(repairs), hidden_columns=hidden)

    def _trimmed_columns(self) -> list[pa.Array]:
        if not self._columns:
            raise file_error(FileCode.NO_ROWS)
        columns = []
        for chunks in zip(*self._columns, strict=True):
            whole = pa.concat_arrays(chunks)
            whole = pc.ascii_trim_whitespace(whole) if self.ascii_only else pc.utf8_trim(whole, characters=_TRIMMED)
            if pc.any(pc.starts_with(whole, "'")).as_py():
                whole = pc.replace_substring_regex(whole, _NEUTRALISED, r"\1")
            columns.append(whole)
        return columns

    def _with_blank_surplus(self, extra: pa.Array) -> pa.Array:
        """Marks rows with blank cells beyond the names, unless nearly all end so: then that is the file's habit."""
        widths = Counter(self._blank_surplus.values())
        habit = max(widths, key=lambda width: widths[width], default=0)
        is_habit = len(extra) >= _ROWS_FOR_A_HABIT and widths[habit] >= _NEARLY_ALL * len(extra)
        marked = [at for at, width in self._blank_surplus.items() if not is_habit or width > habit]
        if not marked:
            return extra
        cells = extra.to_pylist()
        for at in marked:
            cells[at] = BLANK_EXTRA
        return pa.array(cells, pa.string())

    def _without_empty_columns(self, table: pa.Table, names: ColumnNames, rows: int) -> pa.Table:
        extra = int(pc.sum(pc.not_equal(table.column(EXTRA_CELLS), "")).as_py())
        if extra == rows and extra > 1 and not self._blank_surplus:
            raise UploadError(
                f"Every row has more cells than row {self.header_row} has names. Give each column a name.",
                code=FileCode.MISSING_COLUMNS,
            )
        dropped = [name for name in names.unnamed if not pc.any(pc.not_equal(table.column(name), "")).as_py()]
        return table.drop_columns(dropped if extra else [*dropped, EXTRA_CELLS])


def _about_names(table: pa.Table, names: ColumnNames) -> list[Repair]:
    unnamed = [name for name in table.column_names if name in names.unnamed]
    found = [Repair("blank_header", len(unnamed), unnamed[0])] if unnamed else []
    if names.renamed:
        found.append(Repair("renamed_column", len(names.renamed), names.renamed[0]))
    return found


def filled_rows(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Which rows hold anything at all."""
    filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        filled |= pc.not_equal(column, "").to_numpy()
    return filled

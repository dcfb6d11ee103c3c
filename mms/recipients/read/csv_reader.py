"""Text to records: the separator found, quotes and line ends of every kind, and no row lost in an open quote."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients.read.file_errors import file_error
from mms.recipients.repairs import Repair

SEPARATORS = (",", ";", "\t", "|")
_RARE_SEPARATORS = ("^", "~", "¦", "§", "\x1f", "\x01")
_NEARLY_ALL = 0.9
_WHOLE_LINE = re.compile(r'^"(?:[^"]|"")*"$')
SEPARATOR_NAMES = {";": "semicolons (;)", "\t": "tabs", "|": "bars (|)"}
_SEP_LINE = re.compile(r'^"?sep=([,;\t|:^~#])"?[^\r\n]*(?:\r\n|\n|\r|$)', re.IGNORECASE)
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_ROWS = 50
# Larger chunks cost twice the time: the garbage collector walks every record that is still a list.
_RECORDS_A_CHUNK = 2_000
_PHONE_LIKE = re.compile(r"\+?[\d\s().\-/]{10,24}")
# A line of its own: a quote that somebody lost swallows it and what follows.
_END = "\x1fend of file\x1f"

Record = list[str]


def separator_of(text: str) -> tuple[str, str, list[Repair]]:
    """Separator, the text without Excel's `sep=` line, and what to say about it."""
    if found := _SEP_LINE.match(text):
        return found[1], text[found.end() :], []
    sample = text[:_SAMPLE_CHARACTERS]
    separator = max(SEPARATORS, key=lambda candidate: _fit(sample, candidate))
    if _fit(sample, separator)[1] == 1:
        if (bare := _without_line_quotes(text)) is not None:
            separator, bare, repairs = separator_of(bare)
            return separator, bare, [Repair("quoted_lines", 1), *repairs]
        separator = next((rare for rare in _RARE_SEPARATORS if _fit(sample, rare)[0] >= _NEARLY_ALL), separator)
    name = None if separator == "," else SEPARATOR_NAMES.get(separator, f"“{separator}”")
    return separator, text, [Repair("separator", 1, name)] if name else []


def _without_line_quotes(text: str) -> str | None:
    """The text when every line of it was put in quotes as a whole, without them; None otherwise."""
    lines = [line.strip() for line in text.splitlines()]
    filled = [line for line in lines if line]
    if not filled or not all(map(_WHOLE_LINE.match, filled)):
        return None
    bare = [line[1:-1].replace('""', '"') for line in lines]
    return "\n".join(bare) if any(separator in bare[0] for separator in SEPARATORS) else None


def _fit(sample: str, separator: str) -> tuple[float, int]:
    """How well the first rows fall into equal columns; (0, 1) when the separator never occurs."""
    try:
        rows = [row for row in islice(_reader(io.StringIO(sample, newline=""), separator), _SAMPLE_ROWS) if any(row)]
    except csv.Error:
        return 0.0, 1
    widths = [len(row) for row in rows if len(row) > 1]
    if not widths:
        return 0.0, 1
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return widths.count(usual) / len(rows), usual


def _reader(lines: Iterable[str], separator: str, *, strict: bool = False) -> Any:
    # Spaces before a quote: they are trimmed anyway, and kept they would turn the quote into text.
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=strict)


def records(text: str, separator: str) -> Iterator[list[Record]]:
    """All records in chunks, blank ones too, so that a record's place is the row that a spreadsheet shows.

    Raises:
        UploadError: `unclosed_quote`, naming the row, when a quote swallows rows or grows beyond csv's limit.
    """
    lines = chain(io.StringIO(text, newline=""), (_END,))
    reader = _reader(lines, separator)
    count = 0
    held: list[Record] = []
    try:
        while chunk := list(islice(reader, _RECORDS_A_CHUNK)):
            if held:
                yield held
            held, count = chunk, count + len(chunk)
    except csv.Error as error:
        raise _cell_too_large(text, separator) from error
    if held.pop() != [_END]:
        raise file_error(FileCode.UNCLOSED_QUOTE, row=count)
    if reader.line_num != count:
        _refuse_swallowed_rows(text, separator)
    if held:
        yield held


def _cell_too_large(text: str, separator: str) -> UploadError:
    """What to say of a cell beyond csv's limit: nearly always a quote that does not close, but not without any."""
    lines = _RememberedLines(io.StringIO(text, newline=""))
    row = 1
    with suppress(csv.Error):
        for _ in _reader(iter(lines), separator):
            row += 1
            lines.of_record = []
    if any('"' in line for line in lines.of_record):
        return file_error(FileCode.UNCLOSED_QUOTE, row=row)
    return UploadError(
        f"A cell in row {row} holds more than {csv.field_size_limit():,} characters. "
        "Shorten it, and check that the rows of the file end where they should.",
        code=FileCode.TOO_LARGE,
    )


def _refuse_swallowed_rows(text: str, separator: str) -> None:
    """Look at each record of several lines: a quote that closes in the middle of a cell, or whole rows inside one.

    Raises:
        UploadError: `unclosed_quote`, naming the row where the quote opened.
    """
    lines = _RememberedLines(io.StringIO(text, newline=""))
    for row, record in enumerate(_reader(iter(lines), separator), start=1):
        physical, lines.of_record = lines.of_record, []
        if len(physical) > 1 and (_badly_closed(physical, separator) or _holds_rows(physical, record, separator)):
            raise file_error(FileCode.UNCLOSED_QUOTE, row=row)


@dataclass(slots=True)
class _RememberedLines:
    """Physical lines on their way to the reader; `of_record` gathers those of the record at hand."""

    source: Iterable[str]
    of_record: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        for line in self.source:
            self.of_record.append(line)
            yield line


def _badly_closed(physical: list[str], separator: str) -> bool:
    try:
        list(_reader(iter(physical), separator, strict=True))
    except csv.Error:
        return True
    return False


def _holds_rows(physical: list[str], record: Record, separator: str) -> bool:
    """Whether a later line is a row of its own: as many cells, and a number where the record has its number."""
    at = next((place for place, cell in enumerate(record) if _PHONE_LIKE.fullmatch(cell)), None)
    if at is None or len(record) < 2:
        return False
    rows = (line.strip("\r\n").replace('"', "").split(separator) for line in physical[1:])
    return any(len(cells) == len(record) and _PHONE_LIKE.fullmatch(cells[at]) for cells in rows)

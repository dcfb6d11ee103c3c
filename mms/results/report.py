"""The report as a file: CSV that Excel opens with its accents, or XLSX. Memory does not grow with the campaign."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.recipients.spreadsheet_cells import neutralised
from mms.results.report_lines import REPORT_COLUMNS, Line, ReportLines
from mms.results.row_filter import EVERYTHING, RowFilter

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page
_PHONE = re.compile(r"\+\d{7,15}")
_NUMERIC = frozenset({"row", "attempts", "price"})
_CELL_LIMIT = 32_767  # characters; Excel refuses a file with a longer cell


def write_csv(ledger: Ledger, campaign_id: int, chosen: RowFilter = EVERYTHING) -> Iterator[bytes]:
    """The report in pieces, for a file or a streamed download.

    Raises:
        CampaignError: code `no_such_campaign`, at once and not in the middle of the download.
    """
    lines = ReportLines(ledger, campaign_id, chosen)
    return _csv_pieces(lines)


def write_xlsx(ledger: Ledger, campaign_id: int, path: Path, chosen: RowFilter = EVERYTHING) -> None:
    """The report as a workbook at `path`. Raises CampaignError: code `no_such_campaign`."""
    lines = ReportLines(ledger, campaign_id, chosen)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Report")
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # phone numbers are text on purpose
        _write_line(sheet, 0, lines.header, frozenset())
        first = len(lines.header) - len(REPORT_COLUMNS)
        numbers = frozenset(first + REPORT_COLUMNS.index(name) for name in _NUMERIC)
        for row, line in enumerate(chain.from_iterable(lines.chunks()), start=1):
            _write_line(sheet, row, line, numbers)


def write_report(ledger: Ledger, campaign_id: int, path: Path, chosen: RowFilter = EVERYTHING) -> None:
    """The report at `path`, CSV or XLSX by the name's ending.

    Raises:
        MmsError: code `report_type` for another ending; CampaignError as above.
    """
    match path.suffix.lower():
        case ".xlsx":
            write_xlsx(ledger, campaign_id, path, chosen)
        case ".csv":
            pieces = write_csv(ledger, campaign_id, chosen)
            with path.open("wb") as file:
                file.writelines(pieces)
        case _:
            raise MmsError("The report is written as .csv or .xlsx: end the file's name so.", code="report_type")


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet runs as a formula; a number in E.164 form is none and stays whole."""
    text = "" if value is None else str(value)
    return text if text.startswith("+") and _PHONE.fullmatch(text) else neutralised(text)


def _write_line(sheet: Worksheet, row: int, line: Line, number_columns: frozenset[int]) -> None:
    for column, value in enumerate(line):
        if value is None or value == "":
            continue
        if column in number_columns:
            sheet.write_number(row, column, float(value))
        else:
            sheet.write_string(row, column, safe_cell(value)[:_CELL_LIMIT])


def _csv_pieces(lines: ReportLines) -> Iterator[bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write(_BYTE_ORDER_MARK)
    writer.writerow(map(safe_cell, lines.header))
    for chunk in lines.chunks():
        writer.writerows([safe_cell(value) for value in line] for line in chunk)
        yield _taken(out)
    yield _taken(out)  # the header alone when there are no rows


def _taken(out: io.StringIO) -> bytes:
    # A lone surrogate out of a broken upload must not cost the whole report.
    piece = out.getvalue().encode("utf-8", errors="replace")
    out.seek(0)
    out.truncate()
    return piece

"""The report as a file: CSV that Excel opens with its accents, or XLSX. Memory does not grow with the campaign."""

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.recipients import REPORT_COLUMNS
from mms.recipients.spreadsheet_cells import neutralised
from mms.reports.campaign.row_filter import EVERYTHING, RowFilter
from mms.reports.files.report_lines import ReportLines
from mms.reports.files.workbook import write_workbook

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page
_PHONE = re.compile(r"\+\d{7,15}")
_NUMERIC = frozenset({"row", "attempts", "price"})


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
    first = len(lines.header) - len(REPORT_COLUMNS)
    numbers = frozenset(first + REPORT_COLUMNS.index(name) for name in _NUMERIC)
    write_workbook(path, [safe_cell(name) for name in lines.header], lines.chunks(), numbers, safe_cell)


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


def report_bytes(ledger: Ledger, campaign_id: int, ending: str, chosen: RowFilter = EVERYTHING) -> bytes:
    """The report as one piece, `csv` or `xlsx`; raises as `write_report` does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"report.{ending}")
        write_report(ledger, campaign_id, path, chosen)
        return path.read_bytes()


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet runs as a formula; a number in E.164 form is none and stays whole."""
    text = "" if value is None else str(value)
    return text if text.startswith("+") and _PHONE.fullmatch(text) else neutralised(text)


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

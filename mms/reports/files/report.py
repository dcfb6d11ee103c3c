"""The report as a file: CSV that Excel opens with its accents, or XLSX. Memory does not grow with the campaign."""

import csv
import io
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.recipients.spreadsheet_cells import neutralised
from mms.reports.campaign.row_filter import EVERYTHING, RowFilter
from mms.reports.files.report_columns import Kind, places_of
from mms.reports.files.report_lines import Line, ReportLines, Source
from mms.reports.files.report_workbook import write_report_workbook
from mms.reports.files.separators import COMMA, separator_of_upload
from mms.reports.timestamps import iso_exact

Campaigns = int | Sequence[int]
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page
_PHONE = re.compile(r"\+\d{7,15}")
_STANDARD_OUTPUT = "-"


def write_csv(
    ledger: Ledger, which: Campaigns, chosen: RowFilter = EVERYTHING, *, separator: str = COMMA
) -> Iterator[bytes]:
    """The report of one or several campaigns in pieces, for a file or a streamed download.

    Programs get commas, always; people the `separator_of_upload`.

    Raises:
        CampaignError: code `no_such_campaign`, at once and not in the middle of the download.
    """
    return _csv_pieces(ReportLines(ledger, _several(which), chosen), separator)


def write_xlsx(ledger: Ledger, which: Campaigns, path: Path, chosen: RowFilter = EVERYTHING) -> None:
    """The report as a workbook at `path`. Raises CampaignError: code `no_such_campaign`."""
    write_report_workbook(path, ledger, ReportLines(ledger, _several(which), chosen))


def write_report(ledger: Ledger, which: Campaigns, path: Path, chosen: RowFilter = EVERYTHING) -> None:
    """The report at `path`, CSV or XLSX by the name's ending; `-` is CSV on standard output.

    Raises:
        MmsError: code `report_type` for another ending; CampaignError as above.
    """
    if str(path) == _STANDARD_OUTPUT:
        for piece in write_csv(ledger, which, chosen):
            sys.stdout.buffer.write(piece)
        return
    match path.suffix.lower():
        case ".xlsx":
            with _beside(path) as part:
                write_xlsx(ledger, which, part, chosen)
        case ".csv":
            pieces = write_csv(ledger, which, chosen)
            with _beside(path) as part, part.open("wb") as file:
                file.writelines(pieces)
        case _:
            raise MmsError("The report is written as .csv or .xlsx: end the file's name so.", code="report_type")


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name in the same folder that takes the place of `path` at the end: half a report never replaces a whole one."""
    part = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def report_bytes(ledger: Ledger, campaign_id: int, ending: str, chosen: RowFilter = EVERYTHING) -> bytes:
    """The report for a person as one piece, `csv` or `xlsx`; raises as `write_report` does."""
    if ending == "csv":
        with ledger.read() as connection:
            separator = separator_of_upload(connection, campaign_id)
        return b"".join(write_csv(ledger, campaign_id, chosen, separator=separator))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"report.{ending}")
        write_report(ledger, campaign_id, path, chosen)
        return path.read_bytes()


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet runs as a formula; a number in E.164 form is none and stays whole."""
    text = "" if value is None else str(value)
    return text if text.startswith("+") and _PHONE.fullmatch(text) else neutralised(text)


def _several(which: Campaigns) -> Sequence[int]:
    return [which] if isinstance(which, int) else which


def _csv_pieces(lines: ReportLines, separator: str) -> Iterator[bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    out.write(_BYTE_ORDER_MARK)
    writer.writerow(map(safe_cell, lines.header))
    yield _taken(out)
    times = sorted(places_of(Kind.TIME, len(lines.columns)))
    for source, chunk in lines.chunks():
        writer.writerows([map(safe_cell, _with_times(line, times, source)) for line in chunk])
        yield _taken(out)


def _with_times(line: Line, places: Sequence[int], source: Source) -> Line:
    for at in places:
        line[at] = iso_exact(line[at], source.zone)
    return line


def _taken(out: io.StringIO) -> bytes:
    # A lone surrogate out of a broken upload must not cost the whole report.
    piece = out.getvalue().encode("utf-8", errors="replace")
    out.seek(0)
    out.truncate()
    return piece

"""A spreadsheet of recipients: read, checked row by row, mended. Pure values; no database and no network.

`read_upload` turns bytes into an immutable `Upload`, `check` gives every row of it a verdict. `parse_upload` reads in
this process what is our own.
"""

from mms.recipients.check.check_json import check_summary
from mms.recipients.check.checked_list import CheckedList, ListWarning, RowProblem, SharedNumber, Verdict
from mms.recipients.check.checker import RowCheck, check, check_row
from mms.recipients.check.list_warnings import CONSECUTIVE_NUMBERS
from mms.recipients.check.options import CheckOptions
from mms.recipients.check.phone_column import (
    REPORT_COLUMNS,
    PhoneColumnCandidate,
    phone_column_candidates,
)
from mms.recipients.correct.corrections import MergeResult, column_to_mend, merge_mended, problems_csv, row_column_name
from mms.recipients.read.file_errors import (
    MissingColumnsError,
    PhoneColumnError,
    SeveralSheetsError,
    listed,
)
from mms.recipients.read.file_types import LIST_ENDINGS
from mms.recipients.read.isolated import read_upload
from mms.recipients.read.reader import Limits, parse_upload, safe_file_name
from mms.recipients.read.upload import EXTRA_CELLS, Upload
from mms.recipients.repairs import Repair
from mms.recipients.spreadsheet_cells import csv_bytes, neutralised

__all__ = [
    "CONSECUTIVE_NUMBERS",
    "EXTRA_CELLS",
    "LIST_ENDINGS",
    "REPORT_COLUMNS",
    "CheckOptions",
    "CheckedList",
    "Limits",
    "ListWarning",
    "MergeResult",
    "MissingColumnsError",
    "PhoneColumnCandidate",
    "PhoneColumnError",
    "Repair",
    "RowCheck",
    "RowProblem",
    "SeveralSheetsError",
    "SharedNumber",
    "Upload",
    "Verdict",
    "check",
    "check_row",
    "check_summary",
    "column_to_mend",
    "csv_bytes",
    "listed",
    "merge_mended",
    "neutralised",
    "parse_upload",
    "phone_column_candidates",
    "problems_csv",
    "read_upload",
    "row_column_name",
    "safe_file_name",
]

"""From the bytes that somebody chose to an `Upload`, or one sentence about why not; strangers' by way of `isolated`."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mms.problems import FileCode
from mms.recipients.read.contact_cards import card_records
from mms.recipients.read.csv_reader import records, separator_of
from mms.recipients.read.decoding import decoded
from mms.recipients.read.file_errors import file_error
from mms.recipients.read.file_types import FileType, file_type
from mms.recipients.read.table import TableBuilder
from mms.recipients.read.upload import Upload
from mms.recipients.repairs import Repair

if TYPE_CHECKING:
    from mms.recipients.read.workbook_reader import SheetContent

_MEGABYTE = 1_000_000
_NAME_LENGTH = 100
_UNSAFE_IN_NAMES = re.compile(r"[^\w .()\[\]+,=@&-]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may hold; `max_unpacked` bounds what a small workbook may grow to (zip bombs)."""

    max_bytes: int = 200 * _MEGABYTE
    max_rows: int = 1_000_000
    max_columns: int = 1_000
    max_unpacked: int = 600 * _MEGABYTE


def parse_upload(
    data: bytes, *, file_name: str = "", sheet: str | None = None, limits: Limits = Limits(), has_header: bool = True
) -> Upload:
    """Read a CSV, TSV or workbook (XLSX, XLSM, XLS, XLSB, ODS), or contact cards; the bytes tell, never the name.

    Without `has_header` the columns are called by their letters, and the first row is a person's, too.
    `sheet` chooses a sheet of a workbook; without it the only visible one with numbers is read.

    Raises:
        SeveralSheetsError: no sheet was named, and more than one holds a list.
        UploadError: with a file code of the contract; nothing else escapes, whatever the bytes.
    """
    if not data:
        raise file_error(FileCode.EMPTY_FILE)
    if len(data) > limits.max_bytes:
        raise file_error(FileCode.TOO_LARGE, size=_size(len(data)), limit=_size(limits.max_bytes))
    kind = file_type(data)
    if kind.refusal:
        raise file_error(kind.refusal, kind=kind.name)
    if kind.is_workbook or kind.is_other_workbook:
        upload = _from_sheet(_workbook(data, sheet, kind, limits), limits, has_header=has_header)
    elif kind.is_contact_cards:
        upload = _read_cards(data, limits)
    else:
        upload = _read_text(data, limits, has_header=has_header)
    misnamed = kind.is_workbook and file_name and not file_name.lower().endswith((".xlsx", ".xlsm"))
    repairs = (Repair("workbook", 1, kind.name), *upload.repairs) if misnamed else upload.repairs
    return replace(
        upload,
        file_name=safe_file_name(file_name),
        sha256=hashlib.sha256(data).hexdigest(),
        repairs=repairs,
    )


def _workbook(data: bytes, sheet: str | None, kind: FileType, limits: Limits) -> "SheetContent":
    # Only now: openpyxl alone takes longer to load than a small CSV to check.
    from mms.recipients.read.workbook_reader import read_other_workbook, read_workbook

    if kind.is_workbook:
        return read_workbook(data, sheet, max_unpacked=limits.max_unpacked)
    return read_other_workbook(data, sheet, kind.name, max_unpacked=limits.max_unpacked)


def _read_cards(data: bytes, limits: Limits) -> Upload:
    text, repairs = decoded(data)
    builder = TableBuilder(limits.max_rows, limits.max_columns, ascii_only=False)
    records = card_records(text)
    builder.add(records)
    return builder.upload([*repairs, Repair("contact_cards", len(records) - 1)])


def _read_text(data: bytes, limits: Limits, *, has_header: bool) -> Upload:
    text, repairs = decoded(data)
    text = text.rstrip("\x1a")  # how DOS ended a file
    if not text or text.isspace():
        raise file_error(FileCode.EMPTY_FILE)
    separator, text, about_separator = separator_of(text)
    builder = TableBuilder(limits.max_rows, limits.max_columns, ascii_only=text.isascii(), has_header=has_header)
    for chunk in records(text, separator):
        builder.add(chunk)
    return builder.upload([*repairs, *about_separator])


def _from_sheet(content: "SheetContent", limits: Limits, *, has_header: bool) -> Upload:
    builder = TableBuilder(limits.max_rows, limits.max_columns, ascii_only=False, has_header=has_header)
    builder.add(content.records, content.row_numbers)
    upload = builder.upload(list(content.repairs), content.hidden_columns)
    return replace(upload, sheets=content.sheets, sheet=content.sheet)


def safe_file_name(name: str) -> str:
    """A name fit for storing, logging and downloads: no path, no control or quote characters, at most 100 long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _UNSAFE_IN_NAMES.sub("_", last).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 8:
        return stem[: _NAME_LENGTH - len(ending) - 1] + dot + ending
    return plain[:_NAME_LENGTH]


def _size(count: int) -> str:
    return f"{count / _MEGABYTE:,.1f} MB" if count >= _MEGABYTE else f"{count:,} bytes"

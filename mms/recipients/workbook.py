"""Workbooks to records: the first visible sheet, cells as the person sees them."""

from dataclasses import dataclass

from mms.problems import FileCode
from mms.recipients.failures import file_error
from mms.recipients.file_types import FileType
from mms.recipients.repairs import Repair


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One sheet as text; hidden rows are left out, so `row_numbers` may have gaps."""

    records: list[list[str]]
    row_numbers: list[int]
    sheets: tuple[str, ...]
    sheet: str
    repairs: tuple[Repair, ...]


def read_workbook(data: bytes, kind: FileType, sheet: str | None, *, max_unpacked: int) -> SheetContent:
    """Placeholder until workbooks are read."""
    raise file_error(FileCode.NOT_TEXT, kind=kind.name)

"""Raising file errors with the sentence that belongs to their code."""

from collections.abc import Sequence

from mms.errors import UploadError
from mms.message import nearest_column
from mms.problem_texts import FILE_TEXTS
from mms.problems import FileCode


class PhoneColumnError(UploadError):
    """No phone column, or several; `candidates` are the columns to choose from."""

    def __init__(self, code: FileCode, candidates: Sequence[str], columns: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        names = candidates or columns
        super().__init__(FILE_TEXTS[code].format(columns=listed(names), column=names[0]), code=code)


class SeveralSheetsError(UploadError):
    """More than one sheet holds a list; `sheets` are their names with the rows below the first."""

    def __init__(self, sheets: Sequence[tuple[str, int]]) -> None:
        self.sheets = tuple(sheets)
        names = listed([f"“{name}” ({rows:,} rows)" for name, rows in sheets])
        super().__init__(FILE_TEXTS[FileCode.SEVERAL_SHEETS].format(sheets=names), code=FileCode.SEVERAL_SHEETS)


class UnknownColumnError(UploadError):
    """The phone column that somebody named does not exist."""

    def __init__(self, wanted: str, columns: Sequence[str]) -> None:
        near = nearest_column(wanted, columns)
        meant = f" Did you mean “{near}”?" if near else ""
        super().__init__(
            f"The file has no column “{wanted}” to take the phone numbers from. It has: {listed(columns)}.{meant}",
            code=FileCode.NO_PHONE_COLUMN,
        )


class MissingColumnsError(UploadError):
    """The message uses columns that the file does not have; `suggestions` maps each to the nearest one, or None."""

    def __init__(self, suggestions: dict[str, str | None], columns: Sequence[str]) -> None:
        self.suggestions = suggestions
        text = FILE_TEXTS[FileCode.MISSING_COLUMNS].format(
            missing=listed([f"{{{name}}}" for name in suggestions]), columns=listed(columns)
        )
        meant = [f"Did you mean {{{near}}}?" for near in suggestions.values() if near]
        super().__init__(" ".join([text, *meant]), code=FileCode.MISSING_COLUMNS)


def file_error(code: FileCode, **details: object) -> UploadError:
    """The error for a file code, its sentence filled in."""
    return UploadError(FILE_TEXTS[code].format(**details), code=code)


def listed(names: Sequence[str], limit: int = 12) -> str:
    """Names for a sentence; a long list is cut."""
    shown = [name if len(name) <= 40 else name[:39] + "…" for name in names[:limit]]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(shown) + more

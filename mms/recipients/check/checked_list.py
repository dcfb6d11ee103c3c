"""The verdict on every row of an upload; rows are always the spreadsheet's numbers."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mms.problems import MediaCode, PhoneCode, PictureCode, RowCode
from mms.recipients.read.upload import Upload
from mms.recipients.repairs import Repair


class Verdict(StrEnum):
    """What a check says about a row; every row has exactly one."""

    READY = "ready"
    PROBLEM = "problem"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted_out"
    BLANK = "blank"
    NO_CONSENT = "no_consent"


VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
"""What the numbers in `CheckedList.verdicts` mean."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing to mend; `column` is None when it concerns the row as a whole."""

    row: int
    column: str | None
    value: str
    code: PhoneCode | RowCode | MediaCode | PictureCode
    message: str


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """Rows with the same number under different names: a household, or a mistake."""

    e164: str = field(repr=False)
    rows: tuple[int, ...]
    names: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListWarning:
    """Something to think about that keeps no row back. `column` when it is about one."""

    kind: str
    count: int
    sentence: str
    column: str | None = None
    example: str = ""


@dataclass(frozen=True, eq=False)
class CheckedList:
    """`verdicts` and `numbers` have one entry per row of the upload: an index into `VERDICTS`, E.164 without plus or 0.

    Always: rows = ready + rows with problems + duplicate + opted out + blank + no consent.
    """

    upload: Upload
    phone_column: str
    merge_columns: tuple[str, ...]
    media_columns: tuple[str, ...]
    verdicts: npt.NDArray[np.uint8]
    numbers: npt.NDArray[np.int64]
    problems: tuple[RowProblem, ...]
    duplicates: dict[int, int]
    """Row that is left out -> row that is sent to instead."""
    shared_numbers: tuple[SharedNumber, ...]
    repairs: tuple[Repair, ...]
    warnings: tuple[ListWarning, ...]

    @cached_property
    def counts(self) -> dict[Verdict, int]:
        """Rows by verdict, all six, adding up to the rows of the upload."""
        found = np.bincount(self.verdicts, minlength=len(VERDICTS))
        return {verdict: int(found[index]) for index, verdict in enumerate(VERDICTS)}

    @property
    def ready(self) -> int:
        """Rows that can be sent to."""
        return self.counts[Verdict.READY]

    def __len__(self) -> int:
        return len(self.upload)

    def verdict(self, row: int) -> Verdict:
        """The verdict on one row; raises KeyError when there is no such row."""
        return VERDICTS[int(self.verdicts[self.upload.position(row)])]

    def e164(self, row: int) -> str | None:
        """The number of one row, also when it is a duplicate or opted out; None when the cell gives none."""
        number = int(self.numbers[self.upload.position(row)])
        return f"+{number}" if number else None

    def rows_with(self, verdict: Verdict) -> list[int]:
        """Rows with that verdict, in the order of the file."""
        where = self.verdicts == VERDICTS.index(verdict)
        found: list[int] = self.upload.row_numbers[where].tolist()
        return found

    def ready_numbers(self) -> Iterator[tuple[int, str]]:
        """Row and E.164 of every ready row, in the order of the file."""
        where = self.verdicts == VERDICTS.index(Verdict.READY)
        rows, numbers = self.upload.row_numbers[where].tolist(), self.numbers[where].tolist()
        return ((row, f"+{number}") for row, number in zip(rows, numbers, strict=True))

    @cached_property
    def problems_by_row(self) -> dict[int, tuple[RowProblem, ...]]:
        """Everything there is to mend, by row."""
        by_row: dict[int, list[RowProblem]] = {}
        for problem in self.problems:
            by_row.setdefault(problem.row, []).append(problem)
        return {row: tuple(problems) for row, problems in by_row.items()}

    def identity_hash(self, content: str) -> str:
        """The same for the same ready recipients, in any order and file, with the same content; hexadecimal."""
        return identity_of(self.numbers[self.verdicts == VERDICTS.index(Verdict.READY)], content)


def identity_hash(recipients: Iterable[str | None], content: str) -> str:
    """The same as `CheckedList.identity_hash` for these E.164 numbers."""
    return identity_of(np.array([int(one[1:]) for one in recipients if one], dtype="int64"), content)


def identity_of(numbers: npt.NDArray[np.int64], content: str) -> str:
    """The hash of one content for these people."""
    digest = hashlib.sha256(content.encode())
    digest.update(b"\0")
    digest.update(np.sort(numbers).astype("<i8").tobytes())
    return digest.hexdigest()

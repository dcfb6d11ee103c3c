"""Rows with the same number: which one is sent to, and which may be two people."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mms.message import squeeze
from mms.recipients.check.checked_list import SharedNumber
from mms.recipients.check.options import CheckOptions
from mms.recipients.read.upload import Upload

Numbers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.bool_]
NAME_WORDS = ("name", "nombre", "vorname", "nachname", "nom", "prenom", "cognome", "nome", "first", "last", "surname")
_MOST_SHARED_NUMBERS = 10_000


def sent_instead(
    numbers: Numbers, ready: Rows, counted: Rows, row_numbers: npt.NDArray[np.int32], options: CheckOptions
) -> Numbers:
    """For each row the position of the row that is sent to instead of it, -1 where there is none.

    Only a `ready` row is sent to; of several with one number the chosen ones, otherwise the first.
    """
    instead = np.full(len(numbers), -1, dtype=np.int64)
    if options.keep_duplicates:
        return instead
    chosen = np.isin(row_numbers, list(options.chosen_rows)) & ready if options.chosen_rows else np.zeros_like(ready)
    # Sorted by number, then ready before not ready, then chosen before not chosen, then by place in the file.
    order = np.lexsort((np.arange(len(numbers)), ~chosen, ~ready, numbers))
    in_order = numbers[order]
    starts = np.r_[True, in_order[1:] != in_order[:-1]] if len(order) else np.zeros(0, dtype=bool)
    winner = order[np.flatnonzero(starts)[np.cumsum(starts) - 1]] if len(order) else order
    left_out = (in_order != 0) & (winner != order) & ready[winner] & counted[order] & ~chosen[order]
    instead[order[left_out]] = winner[left_out]
    return instead


def shared_numbers(upload: Upload, numbers: Numbers, phone_column: str) -> tuple[SharedNumber, ...]:
    """Numbers that stand beside different names, in the order of the file; the first ten thousand."""
    columns = name_columns(upload, phone_column)
    found, counts = np.unique(numbers, return_counts=True)
    repeated = found[(counts > 1) & (found != 0)]
    if not columns or not len(repeated):
        return ()
    positions = np.flatnonzero(np.isin(numbers, repeated))
    parts = [upload.column(column).take(pa.array(positions)).to_pylist() for column in columns]
    groups: dict[int, dict[int, str]] = {}
    for position, cells in zip(positions.tolist(), zip(*parts, strict=True), strict=True):
        groups.setdefault(int(numbers[position]), {})[position] = " ".join(cell for cell in cells if cell)
    shared = (
        SharedNumber(f"+{number}", tuple(upload.row_numbers[list(named)].tolist()), tuple(named.values()))
        for number, named in groups.items()
        if len({squeeze(name) for name in named.values() if name}) > 1
    )
    return tuple(group for group, _ in zip(shared, range(_MOST_SHARED_NUMBERS), strict=False))


def name_columns(upload: Upload, phone_column: str) -> tuple[str, ...]:
    """Columns that hold people's names, by what they are called."""
    return tuple(
        column
        for column in upload.columns
        if column != phone_column and any(word in squeeze(column) for word in NAME_WORDS)
    )

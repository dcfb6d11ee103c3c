"""Looking through a checked list: the rows of one verdict, searched, a page at a time; a million rows stay quick."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.recipients.check.checked_list import VERDICTS, CheckedList, Verdict
from mms.recipients.check.duplicates import name_columns
from mms.recipients.read.upload import EXTRA_CELLS

_DIGITS_FOR_A_NUMBER = 3


def rows_found(checked: CheckedList, verdicts: Collection[Verdict], search: str = "") -> npt.NDArray[np.int64]:
    """Positions, in the order of the file, of the rows with one of `verdicts` that hold `search` in any cell.

    Digits are looked for in the numbers as they are sent to as well, whatever their punctuation in the file.
    """
    wanted = np.isin(checked.verdicts, [VERDICTS.index(verdict) for verdict in verdicts])
    positions: npt.NDArray[np.int64] = np.flatnonzero(wanted)
    search = search.strip()
    if not search or not len(positions):
        return positions
    taken = checked.upload.table.take(pa.array(positions))
    found = np.zeros(len(positions), dtype=bool)
    for column in taken.columns:
        found |= pc.match_substring(column, search, ignore_case=True).to_numpy()
    digits = "".join(filter(str.isdecimal, search))
    if len(digits) >= _DIGITS_FOR_A_NUMBER and not any(map(str.isalpha, search)):
        numbers = pc.cast(pa.array(checked.numbers[positions]), pa.string())
        found |= pc.match_substring(numbers, digits).to_numpy(zero_copy_only=False)
    return positions[found]


def people_first(checked: CheckedList) -> tuple[str, ...]:
    """The columns of the file in the order in which one looks for a person: names, then the rest."""
    names = name_columns(checked.upload, checked.phone_column)
    rest = (c for c in checked.upload.columns if c not in names and c not in (checked.phone_column, EXTRA_CELLS))
    return (*names, *rest)

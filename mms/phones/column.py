"""A whole phone column at once: plain North American numbers vectorised, odd ones one by one.

Both ways give the verdict of `mms.phones.number.check_number`; a test compares them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from mms.phones.nanp import NO_REGION, UNKNOWN, classify
from mms.phones.number import LENGTH, check_digits
from mms.phones.rules import MAGIC_NUMBERS, NANP_REGIONS, PhoneRules, PhoneVerdict, judge
from mms.phones.text import Digits, read_digits
from mms.problems import PhoneCode

CODES: tuple[PhoneCode | None, ...] = (None, *PhoneCode)
"""What the numbers in `ColumnVerdicts.codes` mean; 0 is a good number."""

REGIONS: tuple[str, ...] = (
    *NANP_REGIONS,
    *sorted((phonenumbers.SUPPORTED_REGIONS | {"001"}) - set(NANP_REGIONS)),
)
"""What the numbers in `ColumnVerdicts.regions` mean."""

_CODE_INDEX = {code: index for index, code in enumerate(CODES)}
_REGION_INDEX = {region: index for index, region in enumerate(REGIONS)}
# An area code never begins with 0 or 1, so nothing here can be an international prefix.
_LOCAL = r"\(?([2-9]\d{2})\)?[ .\-]*(\d{3})[ .\-]*(\d{4})"
_PLAIN_AT_HOME = rf"^(?:\+?1[ .\-]*)?{_LOCAL}$"
_PLAIN_ABROAD = rf"^\+1[ .\-]*{_LOCAL}$"


@dataclass(frozen=True, slots=True, eq=False)
class ColumnVerdicts:
    """One entry per cell. `numbers` are E.164 without the plus, 0 where `codes` gives a reason (see `CODES`).

    `repairs` holds (position, kind) for the cells that were mended.
    """

    numbers: npt.NDArray[np.int64]
    codes: npt.NDArray[np.uint8]
    regions: npt.NDArray[np.int16]
    repairs: tuple[tuple[int, str], ...] = ()

    def refusal(self, position: int) -> PhoneCode:
        """Why the cell at `position` gives no number; raises LookupError for a good one."""
        code = CODES[int(self.codes[position])]
        if code is None:
            raise LookupError(position)
        return code


def put(found: ColumnVerdicts, changes: Mapping[int, PhoneVerdict]) -> ColumnVerdicts:
    """The same verdicts with those at some positions replaced."""
    numbers, codes, regions = found.numbers.copy(), found.codes.copy(), found.regions.copy()
    for position, verdict in changes.items():
        numbers[position] = int(verdict.e164 or 0)
        codes[position] = _CODE_INDEX[verdict.code]
        regions[position] = _REGION_INDEX.get(verdict.region or "", NO_REGION)
    repairs = tuple(repair for repair in found.repairs if repair[0] not in changes)
    return ColumnVerdicts(numbers, codes, regions, repairs)


def check_column(cells: pa.Array | pa.ChunkedArray, rules: PhoneRules) -> ColumnVerdicts:
    """Verdicts for a column of trimmed strings, in its order."""
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    local = pc.replace_substring_regex(cells, _PLAIN_AT_HOME if rules.in_nanp else _PLAIN_ABROAD, r"\1\2\3")
    plain = pc.match_substring_regex(cells, _PLAIN_AT_HOME if rules.in_nanp else _PLAIN_ABROAD)
    plain_rows = np.flatnonzero(plain.to_numpy(zero_copy_only=False))
    numbers, codes, regions = _check_local(local.filter(plain), rules)
    found = ColumnVerdicts(
        _spread(numbers, plain_rows, len(cells), 0),
        _spread(codes, plain_rows, len(cells), 0),
        _spread(regions, plain_rows, len(cells), NO_REGION),
    )
    odd_rows = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    return _with_odd_cells(found, odd_rows, cells.take(pa.array(odd_rows)), rules)


def _spread(values: npt.NDArray, rows: npt.NDArray, length: int, default: int) -> npt.NDArray:  # type: ignore[type-arg]
    """Values at their rows, the default elsewhere."""
    whole = np.full(length, default, dtype=values.dtype)
    whole[rows] = values
    return whole


def _with_odd_cells(
    found: ColumnVerdicts, rows: npt.NDArray[np.int64], cells: pa.Array, rules: PhoneRules
) -> ColumnVerdicts:
    """The same verdicts with the cells of unusual form filled in; each distinct cell is read once."""
    encoded = cells.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    verdicts = _check_odd(distinct, rules)
    which = encoded.indices.to_numpy(zero_copy_only=False)
    found.numbers[rows] = verdicts.numbers[which]
    found.codes[rows] = verdicts.codes[which]
    found.regions[rows] = verdicts.regions[which]
    kinds = dict(verdicts.repairs)
    repairs = ((int(row), kinds[int(w)]) for row, w in zip(rows, which, strict=True) if int(w) in kinds)
    return replace(found, repairs=tuple(repairs) if kinds else ())


def _check_odd(cells: list[str], rules: PhoneRules) -> ColumnVerdicts:
    numbers = np.zeros(len(cells), dtype=np.int64)
    codes = np.zeros(len(cells), dtype=np.uint8)
    regions = np.full(len(cells), NO_REGION, dtype=np.int16)
    repairs: list[tuple[int, str]] = []
    local: list[tuple[int, str]] = []
    for position, cell in enumerate(cells):
        reading = read_digits(cell)
        if isinstance(reading, PhoneCode):
            codes[position] = _CODE_INDEX[reading]
            continue
        repair = reading.repair
        if digits := _local_digits(reading, rules):
            local.append((position, digits))
        else:
            verdict = check_digits(reading, rules)
            numbers[position] = int(verdict.e164 or 0)
            codes[position] = _CODE_INDEX[verdict.code]
            regions[position] = _REGION_INDEX.get(verdict.region or "", NO_REGION)
            repair = verdict.repair
        if repair:
            repairs.append((position, repair))
    at = [position for position, _ in local]
    numbers[at], codes[at], regions[at] = _check_local(pa.array([d for _, d in local], pa.string()), rules)
    return ColumnVerdicts(numbers, codes, regions, _of_good_cells(repairs, codes))


def _of_good_cells(repairs: Iterable[tuple[int, str]], codes: npt.NDArray[np.uint8]) -> tuple[tuple[int, str], ...]:
    return tuple((position, kind) for position, kind in repairs if not codes[position])


def _local_digits(typed: Digits, rules: PhoneRules) -> str | None:
    """Ten digits when the cell is a North American number in an unusual dress; None otherwise."""
    digits = typed.digits
    if typed.short_start and len(digits) == LENGTH:
        return None
    if len(digits) == 11 and digits[0] == "1" and digits[1] > "1" and (typed.plus or rules.in_nanp):
        return digits[1:]
    at_home = rules.in_nanp and not typed.plus
    return digits if at_home and len(digits) == 10 and digits[0] > "1" else None


def _check_local(
    digits: pa.Array, rules: PhoneRules
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.int16]]:
    """Numbers, codes and regions for strings of ten digits."""
    numbers = digits.cast(pa.int64()).to_numpy(zero_copy_only=False) + 10**10
    regions, types = classify(digits)
    codes = _codes_by_kind(regions, types, rules)
    if not rules.allow_fictional:
        codes[(codes == 0) & (numbers % 10**7 // 100 == 55501)] = _CODE_INDEX[PhoneCode.FICTIONAL]
    exchanges = numbers % 10**7 // 10**4
    codes[(codes == 0) & ((exchanges % 100 == 11) | (numbers % 10**7 == 5551212))] = _CODE_INDEX[PhoneCode.NOT_IN_USE]
    valid = types != UNKNOWN
    named = np.isin(numbers, [*MAGIC_NUMBERS, *(int(own) for own in rules.own_numbers)]) & valid
    for position in np.flatnonzero(named):
        codes[position] = _CODE_INDEX[judge(int(numbers[position]), "US", UNKNOWN, rules)]
    return np.where(codes == 0, numbers, 0), codes, regions


def _codes_by_kind(
    regions: npt.NDArray[np.int16], types: npt.NDArray[np.int16], rules: PhoneRules
) -> npt.NDArray[np.uint8]:
    """One judgement for each combination of region and type that occurs, then spread over the rows."""
    if not len(regions):
        return np.zeros(0, dtype=np.uint8)
    kinds, which = np.unique(regions.astype(np.int32) * 1000 + types, return_inverse=True)
    codes = np.zeros(len(kinds), dtype=np.uint8)
    for index, kind in enumerate(kinds):
        region, number_type = divmod(int(kind), 1000)
        code = PhoneCode.NOT_IN_USE if number_type == UNKNOWN else judge(0, NANP_REGIONS[region], number_type, rules)
        codes[index] = _CODE_INDEX[code]
    spread: npt.NDArray[np.uint8] = codes[which]
    return spread

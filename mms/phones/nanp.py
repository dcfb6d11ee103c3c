"""Region and type of many North American numbers at once, by the patterns that `phonenumbers` carries.

Repeats, over whole arrays, what `phonenumbers.region_code_for_number` and `number_type` do for one number;
a test compares the two for every area code and exchange.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneMetadata, PhoneNumberType

from mms.phones.rules import NANP_REGIONS

LENGTH = 10
UNKNOWN = int(PhoneNumberType.UNKNOWN)
NO_REGION = -1

# The order in which phonenumbers asks: the first description that matches is the number's type.
_SPECIAL_TYPES = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)

Types = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Region:
    """One region's patterns, anchored for RE2; `special` in the order in which they are asked."""

    leading: str | None
    general: str | None
    special: tuple[tuple[str, int], ...]
    fixed: str | None
    mobile: str | None
    same_pattern: bool


@cache
def _regions() -> tuple[_Region, ...]:
    return tuple(_region(name) for name in NANP_REGIONS)


def _region(name: str) -> _Region:
    metadata: Any = PhoneMetadata.metadata_for_region(name, None)
    special = ((_pattern(getattr(metadata, field)), int(kind)) for field, kind in _SPECIAL_TYPES)
    return _Region(
        leading=f"^(?:{metadata.leading_digits})" if metadata.leading_digits is not None else None,
        general=_pattern(metadata.general_desc),
        special=tuple((pattern, kind) for pattern, kind in special if pattern),
        fixed=_pattern(metadata.fixed_line),
        mobile=_pattern(metadata.mobile),
        same_pattern=bool(metadata.same_mobile_and_fixed_line_pattern),
    )


def _pattern(description: Any) -> str | None:
    if description is None or description.national_number_pattern is None:
        return None
    if description.possible_length and LENGTH not in description.possible_length:
        return None
    return f"^(?:{description.national_number_pattern})$"


def classify(digits: pa.Array) -> tuple[Types, Types]:
    """Region (an index into `NANP_REGIONS`, or -1) and type of ten-digit strings; type UNKNOWN: not in use."""
    regions = np.full(len(digits), NO_REGION, dtype=np.int16)
    types = np.full(len(digits), UNKNOWN, dtype=np.int16)
    open_rows = np.arange(len(digits))
    for index, region in enumerate(_regions()):
        if not len(open_rows):
            break
        some = digits if len(open_rows) == len(digits) else digits.take(pa.array(open_rows))
        if region.leading is None:
            some_types = _types(some, region)
            here = some_types != UNKNOWN
        else:
            here = _matches(some, region.leading)
            some_types = np.full(len(some), UNKNOWN, dtype=np.int16)
            some_types[here] = _types(some.filter(pa.array(here)), region)
        regions[open_rows[here]] = index
        types[open_rows[here]] = some_types[here]
        open_rows = open_rows[~here]
    return regions, types


def _types(digits: pa.Array, region: _Region) -> Types:
    types = np.full(len(digits), UNKNOWN, dtype=np.int16)
    if region.general is None or not len(digits):
        return types
    fixed = _matches(digits, region.fixed)
    mobile = fixed if region.same_pattern else _matches(digits, region.mobile)
    types[fixed] = PhoneNumberType.FIXED_LINE
    types[mobile] = PhoneNumberType.MOBILE
    types[fixed & mobile] = PhoneNumberType.FIXED_LINE_OR_MOBILE
    for pattern, kind in reversed(region.special):
        types[_matches(digits, pattern)] = kind
    types[~_matches(digits, region.general)] = UNKNOWN
    return types


def _matches(digits: pa.Array, pattern: str | None) -> npt.NDArray[np.bool_]:
    if pattern is None:
        return np.zeros(len(digits), dtype=bool)
    found: npt.NDArray[np.bool_] = pc.match_substring_regex(digits, pattern).to_numpy(zero_copy_only=False)
    return found

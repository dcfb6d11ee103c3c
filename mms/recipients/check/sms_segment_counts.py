"""Rows whose message goes out as SMS: how many segments each text makes, for a whole column at once."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.sms_segments import GSM_BASIC, GSM_EXTENDED


def _class(characters: frozenset[str], *, negated: bool = False) -> str:
    escaped = "".join(rf"\x{{{ord(character):x}}}" for character in sorted(characters))
    return f"[{'^' if negated else ''}{escaped}]"


_OUTSIDE = _class(GSM_BASIC | GSM_EXTENDED, negated=True)
_TWICE_GSM = _class(GSM_EXTENDED)
_TWICE_OTHERS = r"[\x{10000}-\x{10ffff}]"


def segments_of_all(texts: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """`segments` of every text of a column."""
    characters: npt.NDArray[np.int64] = pc.utf8_length(texts).to_numpy().astype(np.int64)
    outside: npt.NDArray[np.bool_] = np.zeros(len(texts), dtype=bool)
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        outside = pc.match_substring_regex(texts, _OUTSIDE).to_numpy()
    # Only where it may matter: no text of up to 35 characters fills one SMS.
    twice = np.zeros(len(texts), dtype=np.int64)
    for which, pattern in ((~outside & (characters > 80), _TWICE_GSM), (outside & (characters > 35), _TWICE_OTHERS)):
        if which.any():
            twice[which] = pc.count_substring_regex(texts.filter(pa.array(which)), pattern).to_numpy()
    length = characters + twice
    single, several = np.where(outside, 70, 160), np.where(outside, 67, 153)
    counts: npt.NDArray[np.int64] = np.where(length <= single, 1, -(-length // several))
    return counts

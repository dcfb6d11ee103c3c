"""Which column holds the numbers: by its name, then by what is in it; asked when several could."""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from mms.message import squeeze
from mms.phones import PhoneRules, check_column
from mms.problems import FileCode
from mms.recipients.check.phone_column_names import (
    is_fax_name,
    is_of_others,
    is_phone_name,
    is_weak_name,
    mentions_phone,
)
from mms.recipients.read.file_errors import PhoneColumnError, UnknownColumnError
from mms.recipients.read.upload import EXTRA_CELLS, Upload

_CORE_COLUMNS = (
    "row",
    "to",
    "result",
    "reason",
    "advice",
    "error_code",
    "message_sid",
    "attempts",
    "sent_at",
    "updated_at",
    "price",
)
"""What reports of every version have; by these a report is known."""

REPORT_COLUMNS = (
    *_CORE_COLUMNS,
    "campaign_id",
    "campaign",
    "from",
    "channel",
    "segments",
    "accepted_at",
    "delivered_at",
    "coupon",
)
"""What a report adds to the columns of the upload (contract, "The report"). New ones come at the end."""

_COUNTED_NAME = re.compile(r" \(\d+\)$")  # what the reader makes of a name that is there already
_SAMPLE_ROWS = 1_000
_MOSTLY_NUMBERS = 0.5
_SOME_NUMBERS = 0.1
_SEVEN_DIGITS = r"(?:\pN[^\pN]*){7}"
_NUMBER_LIKE = r"^[=T('\x22+]{0,5}[0-9][0-9 ().\-/+]{5,24}['\x22)]{0,3}$"


@dataclass(frozen=True, slots=True)
class PhoneColumnCandidate:
    """A column that may hold the numbers; `hit_rate` is the share of its filled cells that are good numbers."""

    column: str
    hit_rate: float
    named_so: bool
    """Whether its name says phone."""


def phone_column_candidates(upload: Upload, rules: PhoneRules | None = None) -> tuple[PhoneColumnCandidate, ...]:
    """Columns that may hold the numbers, the likeliest first. A fax or hidden column is never one of them.

    A name that says phone counts where (nearly) some numbers are good; otherwise content decides, whatever the
    name. Columns named so with nothing but bad numbers remain, so that each row can say what is wrong with it.
    """
    rules = rules or PhoneRules()
    columns = likely_columns(upload)
    rates = {column: hit_rate(upload, column, rules) for column in columns}
    named = [column for column in columns if mentions_phone(column)]
    chosen = [column for column in named if rates[column] >= _SOME_NUMBERS] or _by_content(upload, columns, rates)
    found = [PhoneColumnCandidate(column, rates[column], column in named) for column in chosen]
    return tuple(sorted(found, key=lambda candidate: (not is_phone_name(candidate.column), -candidate.hit_rate)))


def _by_content(upload: Upload, columns: list[str], rates: dict[str, float]) -> list[str]:
    """Where no column named phone has good numbers: those that have, and those named so whose numbers are all bad."""
    named = [column for column in columns if mentions_phone(column)]
    exact = [column for column in named if is_phone_name(upload.original_name(column))]
    with_digits = [column for column in exact if _number_like_share(upload, column) >= _SOME_NUMBERS]
    good = [column for column in columns if rates[column] >= _MOSTLY_NUMBERS]
    if found := [*good, *(column for column in with_digits if column not in good)]:
        return found
    weak = [column for column in columns if is_weak_name(column) and _number_like_share(upload, column)]
    return [column for column in named if _number_like_share(upload, column)][:1] or exact or weak[:1] or named[:1]


def phone_column_of(upload: Upload, wanted: str | None, rules: PhoneRules) -> str:
    """The phone column: the one wanted, whatever its spelling, or the only candidate.

    Raises:
        UploadError: `no_phone_column`, `two_phone_columns` (with `.candidates`), `duplicate_column`.
    """
    if wanted is not None:
        found = wanted if wanted in upload.columns else upload.keys.get(squeeze(wanted))
        if found is None:
            raise UnknownColumnError(wanted, upload.columns)
        return found
    candidates = [candidate.column for candidate in phone_column_candidates(upload, rules)]
    if not candidates:
        raise PhoneColumnError(FileCode.NO_PHONE_COLUMN, (), upload.columns)
    if len(candidates) > 1:
        keys = {squeeze(upload.original_name(column)) for column in candidates}
        code = FileCode.DUPLICATE_COLUMN if len(keys) == 1 else FileCode.TWO_PHONE_COLUMNS
        raise PhoneColumnError(code, candidates, upload.columns)
    return candidates[0]


def hit_rate(upload: Upload, column: str, rules: PhoneRules) -> float:
    """Share of good numbers among the first thousand filled cells."""
    sample = _first_filled(upload, column)
    if not len(sample) or _share(sample, _SEVEN_DIGITS) < _SOME_NUMBERS:
        return 0.0
    # Fictional numbers count: a sample file is a list of phone numbers, too.
    verdicts = check_column(sample, PhoneRules(rules.region, allow_fictional=True, other_countries=True))
    return float((verdicts.codes == 0).mean())


def _first_filled(upload: Upload, column: str) -> pa.ChunkedArray:
    cells = upload.column(column)
    return cells.filter(pc.not_equal(cells, "")).slice(0, _SAMPLE_ROWS)


def _share(cells: pa.ChunkedArray, pattern: str) -> float:
    return int(pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0) / len(cells) if len(cells) else 0.0


def _number_like_share(upload: Upload, column: str) -> float:
    return _share(_first_filled(upload, column), _NUMBER_LIKE)


def likely_columns(upload: Upload) -> list[str]:
    """Columns that may hold the numbers at all: no fax or landline, not hidden, not what our own report added.

    When this upload is a report, of this or an earlier version, its `to` and `from` are no further phone columns,
    unless there is no other. The report of a report has them twice, the second ones with a number behind the name.
    """
    left_out = {EXTRA_CELLS, *upload.hidden_columns}
    columns = [c for c in upload.columns if c not in left_out and not is_fax_name(c) and not is_of_others(c)]
    if not set(_CORE_COLUMNS) <= set(columns):
        return columns
    rest = [column for column in columns if _COUNTED_NAME.sub("", column) not in REPORT_COLUMNS]
    return rest or ["to"]

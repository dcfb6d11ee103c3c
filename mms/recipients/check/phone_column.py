"""Which column holds the numbers: by its name, then by what is in it; asked when several could."""

from dataclasses import dataclass

import pyarrow.compute as pc

from mms.message import squeeze
from mms.phones import PhoneRules, check_column
from mms.problems import FileCode
from mms.recipients.check.phone_column_names import is_fax_name, is_phone_name, mentions_phone
from mms.recipients.read.file_errors import PhoneColumnError, UnknownColumnError
from mms.recipients.read.upload import EXTRA_CELLS, Upload

REPORT_COLUMNS = (
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
"""What a report adds to the columns of the upload (contract, "The report")."""

_SAMPLE_ROWS = 1_000
_MOSTLY_NUMBERS = 0.5
_SOME_NUMBERS = 0.1
_NUMBER_LIKE = r"^[=T('\x22+]{0,5}[0-9][0-9 ().\-/+]{5,24}['\x22)]{0,3}$"


@dataclass(frozen=True, slots=True)
class PhoneColumnCandidate:
    """A column that may hold the numbers; `hit_rate` is the share of its filled cells that are good numbers."""

    column: str
    hit_rate: float
    named_so: bool
    """Whether its name says phone."""


def phone_column_candidates(upload: Upload, rules: PhoneRules | None = None) -> tuple[PhoneColumnCandidate, ...]:
    """Columns that may hold the numbers, the likeliest first. A fax column is never one of them.

    Where a name says phone only such columns are candidates; otherwise those that are mostly good numbers.
    """
    rules = rules or PhoneRules()
    columns = likely_columns(upload)
    named = [column for column in columns if mentions_phone(column)]
    with_numbers = [column for column in named if _number_like_share(upload, column) >= _SOME_NUMBERS]
    exact = [column for column in named if is_phone_name(upload.original_name(column))]
    if chosen := with_numbers or exact or named[:1]:
        found = [PhoneColumnCandidate(column, hit_rate(upload, column, rules), True) for column in chosen]
    else:
        rated = [PhoneColumnCandidate(column, hit_rate(upload, column, rules), False) for column in columns]
        found = [candidate for candidate in rated if candidate.hit_rate >= _MOSTLY_NUMBERS]
    return tuple(sorted(found, key=lambda candidate: (not is_phone_name(candidate.column), -candidate.hit_rate)))


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
    """Share of good numbers among the filled cells of the first thousand rows."""
    sample = upload.column(column).slice(0, _SAMPLE_ROWS)
    sample = sample.filter(pc.not_equal(sample, ""))
    if not len(sample):
        return 0.0
    # Fictional numbers count: a sample file is a list of phone numbers, too.
    verdicts = check_column(sample, PhoneRules(rules.region, allow_fictional=True, other_countries=True))
    return float((verdicts.codes == 0).mean())


def _number_like_share(upload: Upload, column: str) -> float:
    sample = upload.column(column).slice(0, _SAMPLE_ROWS)
    filled = int(pc.sum(pc.not_equal(sample, "")).as_py() or 0)
    alike = int(pc.sum(pc.match_substring_regex(sample, _NUMBER_LIKE)).as_py() or 0)
    return alike / filled if filled else 0.0


def likely_columns(upload: Upload) -> list[str]:
    """Columns that may hold the numbers at all: no fax, and not what our own report added.

    When this upload is a report its `to` is no second phone column, unless there is no other.
    """
    columns = [column for column in upload.columns if column != EXTRA_CELLS and not is_fax_name(column)]
    if not set(REPORT_COLUMNS) <= set(columns):
        return columns
    rest = [column for column in columns if column not in REPORT_COLUMNS]
    return rest or ["to"]

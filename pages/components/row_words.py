"""Why a row stands where it stands, as a person reads it."""

from mms.reports import RowView
from mms.states import RowState, SkipReason
from mms.words import SKIP_WORDS


def why(row: RowView) -> str:
    """The reason in words: a skipped row has its code in the report, and its label and what is behind it here."""
    if row.state is RowState.SKIPPED and row.why.reason in frozenset(SkipReason):
        return f"{SKIP_WORDS[SkipReason(row.why.reason)].label}. {row.why.advice}".strip()
    return row.why.reason

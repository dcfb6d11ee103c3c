"""Values that callers write into fields and queries, read strictly; what cannot be read is a 400 that names it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path

from mms.http.middleware.error_responses import ApiProblem

_MOST_DIGITS = 18  # of a number that the databases can hold

RecordId = Annotated[int, Path(ge=1, le=2_147_483_647)]
"""A number in a path; larger ones than databases hold are nobody's."""


def invalid(field: str, what: str) -> ApiProblem:
    """400 for one field: its name, and a sentence that goes on from it."""
    return ApiProblem.of(400, "invalid_field", f"{field} {what}", fields=[field])


def moment(field: str, text: str) -> datetime:
    """An ISO 8601 time; without an offset it is UTC, since a server's own zone is nobody's business."""
    try:
        read = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that nobody encoded arrives as a space
        read.timestamp()
    except (ValueError, OverflowError, OSError):
        raise invalid(field, "must be a time in ISO 8601, such as 2026-12-01T10:00:00-05:00.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def positive_number(field: str, text: str) -> int:
    """A number that an answer of ours gave out before."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise invalid(field, "must be taken from an earlier answer as it is.")
    return int(text)

"""What cells say about a person beyond their text: when they agreed, and which days of the year are theirs."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from dateutil import parser

from mms.message import squeeze

_DATE_NAMES = re.compile(r"birth|bday|dob|anniversary|geburt|cumple|nacimiento|naissance|renewal|joined|membersince")
# Two leap years without a zone: what differs between them was not in the cell.
_DEFAULTS = (datetime(1904, 1, 1), datetime(1908, 2, 2))  # noqa: DTZ001


def consent_time(cell: str) -> float | None:
    """Seconds since 1970 of a date or a time in words; None where the cell says yes and not when."""
    if not re.search(r"\d", cell):
        return None
    try:
        at = parser.parse(cell)
    except (ValueError, OverflowError):
        return None
    return float((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def days_of_year(cells: Mapping[str, str]) -> dict[str, str]:
    """Column to `MM-DD`, for columns that by their name hold a day that comes every year. A year may be missing."""
    days = {column: _day(cell) for column, cell in cells.items() if _DATE_NAMES.search(squeeze(column))}
    return {column: day for column, day in days.items() if day}


def _day(cell: str) -> str | None:
    try:
        found = {f"{parser.parse(cell, default=default):%m-%d}" for default in _DEFAULTS}
    except (ValueError, OverflowError):
        return None
    return found.pop() if len(found) == 1 else None

"""When people agreed to get messages, where the list says so: a number changes hands, and old consent goes stale."""

import datetime as dt
from contextlib import suppress

import pyarrow.compute as pc

from mms.message import squeeze
from mms.recipients.read.upload import Upload

_NAMES = ("consent", "optin", "optedin", "subscribed", "signup", "signedup")
_DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%b %d, %Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y")
_DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y")


def consent_column(upload: Upload) -> str | None:
    """The column with the date of consent, by its name."""
    return next((c for c in upload.columns if any(name in squeeze(c) for name in _NAMES)), None)


def rows_with_old_consent(upload: Upload, column: str, before: dt.date, region: str) -> int:
    """How many rows have a date of consent before `before`; cells that hold no date do not count."""
    forms = (*_DATE_FORMS, *(_MONTH_FIRST if region in ("US", "CA") else _DAY_FIRST))
    counted = pc.value_counts(upload.column(column).combine_chunks())
    days = ((_day(entry["values"], forms), entry["counts"]) for entry in counted.to_pylist())
    return sum(count for day, count in days if day is not None and day < before)


def _day(cell: str, forms: tuple[str, ...]) -> dt.date | None:
    for text in (cell, cell[:10], cell.split(" ")[0]):
        for form in forms:
            with suppress(ValueError):
                return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
    return None

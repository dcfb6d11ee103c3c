"""What results can be told apart by: a column of the list, the area, the hour, the weekday, the version, the code.

One expression for each, used to count groups and to find the rows of one of them, so that both are always the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, case, cast, exists, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from mms.ledger.tables import clicks, rows
from mms.links.visitors import Who

AREA, HOUR, WEEKDAY = "Area code", "Hour of sending", "Weekday of sending"
VERSION, CLICKED, CODE = "Version", "Clicked", "Twilio's code"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
REST = "the rest"
_DAY, _AN_HOUR = 86_400, 3600
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


@dataclass(frozen=True, slots=True)
class Grouping:
    """What to tell rows apart by. `by` is one of the names above or a column; `offset` the reader's from UTC."""

    by: str
    columns: tuple[str, ...] = ()
    offset: int = 0  # seconds

    def value(self) -> ColumnElement[str]:
        """The group's name of a row as text, an empty one for none."""
        text: ColumnElement[str] = func.coalesce(self._value(), "")
        return text

    def _value(self) -> ColumnElement[Any]:
        if self.by == AREA:
            in_america = rows.c.recipient.startswith("+1")
            return case((in_america, func.substr(rows.c.recipient, 3, 3)), else_=func.substr(rows.c.recipient, 1, 4))
        if self.by == HOUR:
            return cast(self._seconds() % _whole(_DAY) // _whole(_AN_HOUR), String)
        if self.by == WEEKDAY:
            return cast((self._seconds() // _whole(_DAY) + _whole(_EPOCH_WEEKDAY)) % _whole(7), String)
        if self.by == VERSION:
            return rows.c.version
        if self.by == CODE:
            return cast(rows.c.error_code, String)
        if self.by == CLICKED:
            return case((clicked(), "yes"), else_="no")
        return _Cell(self.columns.index(self.by))

    def _seconds(self) -> ColumnElement[int]:
        """Of the reader's clock. Whole ones first: the databases divide and round fractions in different ways."""
        return cast(rows.c.sent_at, BigInteger) + _whole(self.offset)


@dataclass(frozen=True, slots=True)
class OneGroup:
    """The rows of one group."""

    grouping: Grouping
    value: str

    def where(self) -> ColumnElement[bool]:
        """The condition that a row is in it."""
        return self.grouping.value() == self.value


def groupings(columns: Sequence[str], *, has_links: bool, has_versions: bool) -> list[str]:
    """What can be chosen for a campaign, its own columns first."""
    more = [*([VERSION] if has_versions else []), *([CLICKED] if has_links else [])]
    return [*columns, AREA, HOUR, WEEKDAY, *more, CODE]


def label(by: str, value: str) -> str:
    """A group's name as people say it; empty for none."""
    if not value:
        return REST if by == VERSION else ""
    if by == HOUR:
        return f"{int(value):02}:00 to {(int(value) + 1) % 24:02}:00"
    return WEEKDAYS[int(value)] if by == WEEKDAY else value


def clicked() -> ColumnElement[bool]:
    """A person opened a link of the row."""
    seen = clicks.alias()  # beside another look at the same table
    return exists().where(seen.c.row_id == rows.c.id, seen.c.who == Who.PERSON.value)


def _whole(number: int) -> ColumnElement[int]:
    """Written into the query: PostgreSQL takes two parameters of one value for two expressions."""
    return literal_column(str(number), Integer)


class _Cell(FunctionElement[str]):
    """The text in one column of a row; JSON is read in another way by each database."""

    type = String()
    inherit_cache = False

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


@compiles(_Cell, "sqlite")
def _cell_in_sqlite(cell: _Cell, _compiler: Any, **_: Any) -> str:
    return f"json_extract(mms_rows.cells, '$[{cell.place}]')"


@compiles(_Cell, "postgresql")
def _cell_in_postgresql(cell: _Cell, _compiler: Any, **_: Any) -> str:
    return f"(CAST(mms_rows.cells AS json) ->> {cell.place})"

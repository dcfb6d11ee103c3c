"""Which columns of an upload are numbers or dates, so that a workbook holds them as such.

Only where every filled cell reads back as exactly the same text: a postal code with a zero in front, a price with two
decimals or a phone number stays the text that it was. Month and day are told apart by a day above 12.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from mms.reports.files.workbook import CellKind

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,8})(?:\.\d{0,5}[1-9])?")  # longer ones are names of things, not amounts
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_US_DATE = re.compile(r"([1-9]|1[0-2])/([1-9]|[12]\d|3[01])/(\d{4})")
_FIRST = date(1900, 3, 1)  # before it Excel counts a day that never was
_EPOCH = date(1899, 12, 30)


def day_number(moment: date | datetime) -> float:
    """Excel's number of a day, with the time of day as its fraction."""
    if not isinstance(moment, datetime):
        return float((moment - _EPOCH).days)
    since = moment.replace(tzinfo=None) - datetime(_EPOCH.year, _EPOCH.month, _EPOCH.day)  # noqa: DTZ001 - wall clock
    return since.total_seconds() / 86_400


def parsed(kind: CellKind, text: str) -> str | float | None:
    """The cell as a workbook holds it; None where the text is not of this kind."""
    if kind is CellKind.NUMBER:
        return text if _NUMBER.fullmatch(text) and text != "-0" else None
    try:
        return _dated(kind, text)
    except ValueError:
        return None


def _dated(kind: CellKind, text: str) -> float | None:
    moment: date | None = None
    if kind is CellKind.DATE and _DATE.fullmatch(text):
        moment = date.fromisoformat(text)
    elif kind is CellKind.TIME and _TIME.fullmatch(text):
        moment = datetime.fromisoformat(text)
    elif kind is CellKind.US_DATE and (found := _US_DATE.fullmatch(text)):
        moment = date(int(found[3]), int(found[1]), int(found[2]))
    if moment is None or (moment.date() if isinstance(moment, datetime) else moment) < _FIRST:
        return None
    return day_number(moment)


def kinds_of(width: int, lines: Iterable[Sequence[str]], text_places: Iterable[int]) -> list[CellKind]:
    """The kind of each column, by all its cells; those at `text_places` are text whatever is in them."""
    possible: list[set[CellKind]] = [set(_TYPED) for _ in range(width)]
    for at in text_places:
        possible[at].clear()
    left = [at for at in range(width) if possible[at]]
    filled, sure_month = set[int](), set[int]()
    for cells in lines:
        for at in left:
            if text := cells[at]:
                filled.add(at)
                possible[at] = {kind for kind in possible[at] if parsed(kind, text) is not None}
                if CellKind.US_DATE in possible[at] and int(text.split("/")[1]) > 12:
                    sure_month.add(at)
        left = [at for at in left if possible[at]]
        if not left:
            break
    return [_kind(possible[at], at in filled, at in sure_month) for at in range(width)]


_TYPED = (CellKind.NUMBER, CellKind.DATE, CellKind.TIME, CellKind.US_DATE)


def _kind(possible: set[CellKind], is_filled: bool, is_sure_month: bool) -> CellKind:
    if not is_filled or not possible or (possible == {CellKind.US_DATE} and not is_sure_month):
        return CellKind.TEXT
    return next(iter(possible))

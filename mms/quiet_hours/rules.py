"""The table of windows as values: for each area, the hours of each weekday."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import time
from importlib.resources import files

from mms.errors import MmsError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NATIONS = frozenset({"US", "CA", "other"})
Window = tuple[time, time]  # opens, closes; the end is not part of it
Week = tuple[Window | None, ...]  # Monday first; None: nothing is sent on that day


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One line of the table, as people edit it: `US-TX`, `mon-sat`, `09:00`, `21:00`."""

    area: str
    days: str
    opens: str
    closes: str
    source: str = ""

    def to_json(self) -> dict[str, str]:
        """A JSON object for the ledger."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rules:
    """Weekly windows by area. An area without its own takes its country's."""

    weeks: Mapping[str, Week]

    def week(self, area: str) -> Week:
        """The windows of `US-FL`, `US`, `CA`, or `other`."""
        return self.weeks.get(area) or self.weeks.get(area.split("-")[0]) or self.weeks["other"]


def rules_from(rows: Iterable[WindowRow]) -> Rules:
    """The table as rules. A later line of the same area and day replaces an earlier one.

    Raises:
        MmsError: code `quiet_hours`, naming the line, when the table cannot be used.
    """
    weeks: dict[str, list[Window | None]] = {}
    for number, row in enumerate(rows, start=1):
        try:
            window = _window(row)
            days = _day_numbers(row.days)
        except ValueError as error:
            raise MmsError(f"Line {number} of the quiet hours ({row.area}): {error}", code="quiet_hours") from None
        week = weeks.setdefault(row.area.strip(), [None] * 7)
        for day in days:
            week[day] = window
    if missing := sorted(_NATIONS - weeks.keys()):
        raise MmsError(f"The quiet hours need a line for {', '.join(missing)}.", code="quiet_hours")
    return Rules({area: tuple(week) for area, week in weeks.items()})


def _window(row: WindowRow) -> Window:
    opens, closes = _time(row.opens), _time(row.closes)
    if opens >= closes:
        raise ValueError("it must open before it closes, on the same day.")
    return opens, closes


def _time(text: str) -> time:
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text.strip()):
        raise ValueError("write times as 09:00 or 21:30.")
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _day_numbers(text: str) -> list[int]:
    """`mon-fri`, `sun`, or several of them with commas."""
    found: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError("write days as mon-fri, sat or mon,wed.")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        if end < start:
            raise ValueError("write days from Monday to Sunday, such as mon-fri.")
        found += range(start, end + 1)
    return found


def _default_rows() -> tuple[WindowRow, ...]:
    text = files("mms.quiet_hours").joinpath("windows.csv").read_text("utf-8")
    return tuple(WindowRow(**row) for row in csv.DictReader(text.splitlines()))


DEFAULT_ROWS = _default_rows()
DEFAULT_RULES = rules_from(DEFAULT_ROWS)

"""A range of days, chosen in the reader's calendar."""

from datetime import date, datetime, time, timedelta
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from pages.components.reader import day as day_and_month
from pages.components.reader import zone


def today() -> date:
    """The reader's day."""
    return datetime.now(zone()).date()


def day_said(day: date) -> str:
    """A day as a heading says it: `Today, Friday, Nov 27`."""
    near = {0: "Today, ", 1: "Tomorrow, "}.get((day - today()).days, "")
    year = f", {day.year}" if day.year != today().year else ""
    at = datetime.combine(day, time())
    return f"{near}{at:%A}, {day_and_month(at)}{year}"


def days_between(place: DeltaGenerator, key: str, days: int | None = None) -> tuple[float | None, float | None]:
    """Seconds since 1970 from the first midnight to the one after the last day; at first the last `days`, or all.

    With only the first day chosen so far, the range goes on to now; cleared, it takes everything.
    """
    first: list[Any] = [] if days is None else [today() - timedelta(days=days), today()]
    picked = place.date_input("From and to", value=first, max_value=today(), key=key)
    chosen = picked if isinstance(picked, tuple) else ()
    since = _midnight(chosen[0]) if chosen else None
    until = _midnight(chosen[1] + timedelta(days=1)) if len(chosen) == 2 else None
    return since, until


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), zone()).timestamp()

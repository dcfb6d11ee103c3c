"""Numbers and times as the person at the screen writes them: their browser's language and time zone."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from mms.quiet_hours.zone_names import zone_said

_GROUPING = {  # thousands separator by language; CLDR's, for the languages that do not use a comma
    **dict.fromkeys(("de", "es", "it", "nl", "pt", "da", "id", "tr", "el"), "."),
    **dict.fromkeys(("fr", "ru", "pl", "cs", "sk", "sv", "nb", "no", "fi", "uk", "hu", "bg"), "\u00a0"),
}
_MONTH_FIRST = ("en-US", "en-CA", "en-PH")
_TWELVE_HOURS = ("en-US", "en-CA", "en-AU", "en-NZ", "en-PH", "en-IN")


def number(value: float) -> str:
    """A whole number with the reader's thousands separator."""
    language = _locale().split("-")[0]
    return f"{round(value):,}".replace(",", _GROUPING.get(language, ","))


def counted(value: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `1,234 rows`."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


def zone() -> tzinfo:
    """The reader's time zone, as the browser gives it; UTC when it is not known."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def zone_name() -> str:
    """What the reader's time zone is called now: `EDT`, `UTC`."""
    return f"{datetime.now(zone()):%Z}"


def zone_words() -> str:
    """What people call the reader's time zone: `Central time`."""
    return zone_said(str(zone()))


def moment(seconds: float | None, *, where: tzinfo | None = None) -> str:
    """Day and time of seconds since 1970, in the reader's zone or in `where`; a dash for None."""
    if seconds is None:
        return "–"
    at = datetime.fromtimestamp(seconds, where or zone())
    today = datetime.now(at.tzinfo)
    if at.date() == today.date():
        return clock(at)
    year = f", {at.year}" if at.year != today.year else ""
    return f"{day(at)}{year}, {clock(at)}"


def day(at: datetime) -> str:
    """Day and month in the order of the reader's country."""
    return f"{at:%b} {at.day}" if _locale() in _MONTH_FIRST else f"{at.day} {at:%b}"


def clock(at: datetime) -> str:
    """The time of day, with am and pm where the reader's country writes it so."""
    if _locale() in _TWELVE_HOURS:
        return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"
    return f"{at:%H:%M}"


def clock_exact(seconds: float) -> str:
    """The reader's time of day of seconds since 1970 with seconds, as their country writes it."""
    at = datetime.fromtimestamp(seconds, zone())
    if _locale() in _TWELVE_HOURS:
        return f"{at.hour % 12 or 12}:{at:%M:%S} {'am' if at.hour < 12 else 'pm'}"
    return f"{at:%H:%M:%S}"


def moment_exact(seconds: float | None) -> str:
    """Day, time with seconds, and zone, whatever day it is: for what is compared and put in order."""
    if seconds is None:
        return "–"
    at = datetime.fromtimestamp(seconds, zone())
    return f"{day(at)}, {at.year}, {clock_exact(seconds)} {at:%Z}"


def clock_of(seconds: float) -> str:
    """The reader's time of day of seconds since 1970, with seconds."""
    at = datetime.fromtimestamp(seconds, zone())
    return f"{at:%H:%M:%S}"


def duration(seconds: float) -> str:
    """A length of time in the words of a person who waits: rounded, never more exact than it can be."""
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 0.95 * size:
            return "about " + counted(max(1, round(seconds / size)), noun)
    return "under a minute"


def phone(number_e164: str) -> str:
    """A number of the US or Canada as people write it; others as they are."""
    if number_e164.startswith("+1") and len(number_e164) == 12:
        return f"+1 {number_e164[2:5]}-{number_e164[5:8]}-{number_e164[8:]}"
    return number_e164


def _locale() -> str:
    return st.context.locale or "en-US"

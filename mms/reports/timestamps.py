"""Times as people and programs read them: ISO 8601 with offset."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def iso_exact(seconds: float | None, zone: tzinfo = UTC) -> str | None:
    """`seconds` since 1970 as text to the millisecond, so that the order of things is seen; None stays None."""
    if seconds is None:
        return None
    whole, thousandths = divmod(int(seconds * 1000), 1000)
    text = _text(whole, zone)
    return f"{text[:19]}.{thousandths:03}{text[19:]}"


def iso(seconds: float | None, zone: tzinfo = UTC) -> str | None:
    """`seconds` since 1970 as text in whole seconds; None stays None."""
    return None if seconds is None else _text(int(seconds), zone)


def zone_named(name: str | None) -> tzinfo:
    """The zone in which the person thinks; UTC when none, or an unknown one, is stored."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def readable(seconds: float, zone: tzinfo = UTC) -> str:
    """`seconds` since 1970 for a person: `June 15, 2026, 9:05 EDT`."""
    moment = datetime.fromtimestamp(seconds, zone)
    return f"{moment:%B} {moment.day}, {moment.year}, {moment.hour}:{moment:%M} {moment:%Z}"


def seconds_text(seconds: float) -> str:
    """A measured length of time, as exact as it is: `3.2 s`, `95 s`, `12 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@lru_cache(maxsize=4096)
def _text(second: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(second, zone).isoformat()

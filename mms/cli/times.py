"""Times on the command line: with an offset, or in this computer's zone, which is then named."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from tzlocal import get_localzone_name

from mms.quiet_hours.local_times import ClockChange, LocalTime, checked_time


@dataclass(frozen=True, slots=True)
class EnteredTime:
    """A time that a person entered. `local` and `zone` are kept where the zone has a name, so that 9:00 stays 9:00."""

    at: datetime
    zone: str | None = None
    local: str | None = None

    @property
    def words(self) -> str:
        """In the zone that was meant and, where that differs, in this computer's."""
        own = ZoneInfo(server_zone())
        there = f"{self.at:%Y-%m-%d %H:%M} ({self.zone or self.at.tzname()})"
        here = self.at.astimezone(own)
        if here.utcoffset() == self.at.utcoffset():
            return there
        return f"{there}, which is {here:%Y-%m-%d %H:%M} here ({own.key})"


def server_zone() -> str:
    """The IANA name of this computer's zone; UTC where it has none."""
    return get_localzone_name() or "UTC"


def moment_of(option: str, text: str | None) -> EnteredTime | None:
    """The time behind an option. Without an offset it is this computer's own zone.

    Raises:
        UsageError: it is no time, is past, or the clocks change then and nobody can know what is meant.
    """
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{option} wants a time such as 2026-12-01T10:00:00-05:00.") from None
    entered = _local(option, at) if at.tzinfo is None else _with_offset(at)
    if entered.at < datetime.now(UTC):
        raise click.UsageError(f"{option} is in the past: it is {entered.words}. Leave it out or choose another time.")
    return entered


def _with_offset(at: datetime) -> EnteredTime:
    """In this computer's zone where the offset is just that, else without a zone's name."""
    own = at.astimezone(ZoneInfo(server_zone()))
    if own.utcoffset() != at.utcoffset():
        return EnteredTime(at)
    local = LocalTime(own.replace(tzinfo=None).isoformat(), server_zone(), own.fold)
    return EnteredTime(own, local.zone, local.stored)


def _local(option: str, at: datetime) -> EnteredTime:
    zone = server_zone()
    try:
        local = checked_time(at.isoformat(), zone)
    except ClockChange as question:
        raise click.UsageError(f"{option}: {question.message}") from None
    return EnteredTime(datetime.fromtimestamp(local.moment, ZoneInfo(zone)), zone, local.stored)

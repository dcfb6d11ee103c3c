"""Times as people enter them: local, with the gaps and doublings of the clock change. Pure.

A start is kept as local time and IANA zone, so that 9:00 stays 9:00 when a country changes its rules.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mms.errors import MmsError
from mms.quiet_hours.zone_names import zone_said


class ClockChange(MmsError):  # noqa: N818 - a question to the person rather than a fault
    """The clocks change at this local time; codes `time_not_there` and `time_twice`."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time as a person thinks of it. `text` is ISO without offset; `fold` 1 is the second of two."""

    text: str
    zone: str
    fold: int = 0

    @property
    def moment(self) -> float:
        """Seconds since 1970, by today's rules of the zone."""
        return _at(self).timestamp()

    @property
    def stored(self) -> str:
        """As the ledger keeps it: the second of two times has a mark."""
        return f"{self.text}~" if self.fold else self.text

    @classmethod
    def from_stored(cls, stored: str, zone: str) -> "LocalTime":
        """What `stored` wrote."""
        return cls(stored.rstrip("~"), zone, int(stored.endswith("~")))


def moments(text: str, zone: str) -> tuple[datetime, ...]:
    """Every moment that this local time is in the zone: none within the gap in spring, two in autumn."""
    found = (_at(LocalTime(text, zone, fold)) for fold in (0, 1))
    real = [moment for moment in found if _is_real(moment)]
    return tuple(sorted({moment.timestamp(): moment for moment in real}.values(), key=datetime.timestamp))


def checked_time(text: str, zone: str, fold: int | None = None) -> LocalTime:
    """A local time that exists and is meant once.

    Raises:
        ClockChange: with the times that can be chosen instead.
    """
    found = moments(text, zone)
    if not found:
        raise ClockChange(_not_there(text, zone), code="time_not_there")
    if len(found) > 1 and fold is None:
        raise ClockChange(_twice(found, zone), code="time_twice")
    return LocalTime(text, zone, fold or 0 if len(found) > 1 else 0)


def _at(local: LocalTime) -> datetime:
    return datetime.fromisoformat(local.text).replace(tzinfo=ZoneInfo(local.zone), fold=local.fold)


def _is_real(moment: datetime) -> bool:
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)


def _not_there(text: str, zone: str) -> str:
    wanted = _at(LocalTime(text, zone))
    later = wanted.astimezone(UTC).astimezone(wanted.tzinfo)  # read with the offset from before the gap
    earlier = _at(LocalTime(text, zone, fold=1)).astimezone(UTC).astimezone(wanted.tzinfo)  # with that from behind it
    return (
        f"{_said(wanted)} does not exist in {zone_said(zone)}: the clocks are put forward then. "
        f"Choose {earlier:%H:%M} or {later:%H:%M}."
    )


def _twice(found: tuple[datetime, ...], zone: str) -> str:
    first, second = (moment.isoformat() for moment in found)
    return (
        f"{_said(found[0])} comes twice in {zone_said(zone)}: the clocks are put back then. "
        f"Say which one: {first} or an hour later {second}."
    )


def _said(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'} on {moment.day} {moment:%B %Y}"

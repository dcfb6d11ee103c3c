"""When a number may be messaged next. Daylight saving follows the zone data of `tzdata`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mms.quiet_hours.area_codes import OTHER, Home, home_key, home_of, us_and_canada_zones
from mms.quiet_hours.rules import DEFAULT_RULES, Rules, Week

_DAYS_AHEAD = 9  # a window that opens once a week is found, whatever the day
_MOST_CLOSINGS = 2_000  # remembered
_ROUNDS = 30  # windows of several zones that never overlap must not search for ever


@dataclass(frozen=True, slots=True)
class Place:
    """All clocks that must be within their window at once. Westernmost first: it opens last."""

    area: str = field(compare=False)
    zones: tuple[ZoneInfo, ...]
    weeks: tuple[Week, ...]

    @property
    def time_zone(self) -> str:
        """The zone that a person reads beside the row."""
        return self.zones[0].key


class QuietHours:
    """The rules, with what was found out per area code: 100,000 numbers are a few hundred questions."""

    def __init__(self, rules: Rules = DEFAULT_RULES) -> None:
        self.rules = rules
        self._places: dict[str, Place] = {}
        self._minute = -1
        self._answers: dict[str, float | None] = {}
        self._closes: dict[tuple[str, int], float] = {}

    def place(self, e164: str) -> Place:
        """The clocks and windows that count for a number."""
        key = home_key(e164)
        if key not in self._places:
            self._places[key] = self._place(home_of(key))
        return self._places[key]

    def next_allowed(self, e164: str, now: datetime) -> datetime | None:
        """When the number may be messaged, in its own zone; None when it may be right now."""
        place = self.place(e164)
        opens = opening(place, now)
        return None if opens <= now else opens.astimezone(place.zones[0])

    def not_before(self, e164: str, now: float) -> float | None:
        """The same in seconds since 1970, cheap enough to ask for each row at the moment of its claim.

        Windows open and close on whole minutes, so within a minute an area code has one answer.
        """
        minute = int(now // 60)
        if minute != self._minute:
            self._minute, self._answers = minute, {}
        key = home_key(e164)
        if key not in self._answers:
            opens = self.next_allowed(key if key.startswith("+1") else e164, datetime.fromtimestamp(minute * 60, UTC))
            self._answers[key] = None if opens is None else opens.timestamp()
        return self._answers[key]

    def window(self, e164: str, now: float) -> tuple[float, float]:
        """When the number's next window opens (or `now`, while one is open) and closes, in seconds since 1970.

        As cheap as `not_before`.
        """
        opens = self.not_before(e164, now) or now
        key = (home_key(e164), int(opens // 60))
        if key not in self._closes:
            if len(self._closes) > _MOST_CLOSINGS:
                self._closes.clear()
            moment = datetime.fromtimestamp(opens, UTC)
            self._closes[key] = closing(self.place(e164), moment).timestamp()
        return opens, self._closes[key]

    def _place(self, home: Home) -> Place:
        if not home.zones:
            # Not known where: the hours that suit everybody in the US and Canada.
            return Place(OTHER, _zones(us_and_canada_zones()), (self.rules.week("US"), self.rules.week("CA")))
        return Place(home.area, _zones(home.zones), (self.rules.week(home.area),))


def opening(place: Place, now: datetime) -> datetime:
    """The first moment, not before `now`, at which every clock of the place is within its window."""
    moment = now.astimezone(UTC)
    for _ in range(_ROUNDS):
        later = max(_opens(zone, week, moment) for zone in place.zones for week in place.weeks)
        if later <= moment:
            return moment
        moment = later
    return moment


def closing(place: Place, now: datetime) -> datetime:
    """When the window that is open now closes."""
    return min(_closes(zone, week, now) for zone in place.zones for week in place.weeks)


def _opens(zone: ZoneInfo, week: Week, moment: datetime) -> datetime:
    today = moment.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        window = week[day.weekday()]
        if window is None:
            continue
        opens, closes = (datetime.combine(day, clock, zone).astimezone(UTC) for clock in window)
        if moment < closes:
            return max(moment, opens)
    raise AssertionError("a week without any window")  # rules_from refuses it


def _closes(zone: ZoneInfo, week: Week, moment: datetime) -> datetime:
    day = moment.astimezone(zone).date()
    window = week[day.weekday()]
    return moment if window is None else datetime.combine(day, window[1], zone).astimezone(UTC)


def _zones(names: Iterable[str]) -> tuple[ZoneInfo, ...]:
    winter = datetime(2026, 1, 15, tzinfo=UTC)
    zones = [ZoneInfo(name) for name in names]
    return tuple(sorted(zones, key=lambda zone: (winter.astimezone(zone).utcoffset() or timedelta(0), zone.key)))

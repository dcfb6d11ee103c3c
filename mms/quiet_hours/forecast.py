"""What quiet hours mean for one send: how many go at once, how many wait until when, and when all is done."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mms.quiet_hours.area_codes import home_key
from mms.quiet_hours.hours import Place, QuietHours, closing, opening

_STEPS = 2_000  # more than any list needs; a guard against a rate of nearly nothing


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at:%M}"


@dataclass(frozen=True, slots=True)
class Held:
    """People for whom it is too early or too late; `until` is in their own zone."""

    count: int
    until: datetime

    def sentence(self, today: date, clock: Callable[[datetime], str] = _clock) -> str:
        """For the review page: `312 people will get it tomorrow at 9:00`; `today` and `clock` are the reader's."""
        people = "1 person" if self.count == 1 else f"{self.count:,} people"
        return f"{people} will get it {_day(self.until.date(), today)} at {clock(self.until)} their time"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect of a send. Times carry their zone."""

    at_once: int  # may be messaged at the start
    held: tuple[Held, ...]  # the others, by the time from which they may be; the earliest first
    carried_over: int  # of those at once, how many the pace does not reach before their window closes
    ends: dict[str, datetime]  # by zone name: when the last one there has it
    end: datetime | None  # when everybody has it; None for an empty list


def forecast(recipients: Iterable[str], start: datetime, rate: float, hours: QuietHours) -> Forecast:
    """What happens when these E.164 numbers are sent to from `start` at `rate` messages a second (0: no pacing).

    Within an open window people of all zones are taken to be mixed in the file.
    """
    waiting: Counter[Place] = Counter()
    for key, count in Counter(map(home_key, recipients)).items():
        waiting[hours.place(key)] += count
    openings = {place: opening(place, start) for place in waiting}
    run = _Run(start, rate, waiting)
    run.to_the_end()
    return Forecast(
        at_once=sum(count for place, count in waiting.items() if openings[place] <= start),
        held=_held(waiting, {place: moment for place, moment in openings.items() if moment > start}),
        carried_over=round(sum(run.carried_over.values())),
        ends=_by_zone(run.ended),
        end=max(run.ended.values(), default=None),
    )


class _Run:
    """The send from one opening or closing of a window to the next."""

    def __init__(self, start: datetime, rate: float, waiting: Mapping[Place, int]) -> None:
        self.moment, self.rate = start, rate
        self.left = {place: float(count) for place, count in waiting.items()}
        self.first_closing = {place: closing(place, start) for place in self._open()}
        self.carried_over: dict[Place, float] = {}
        self.ended: dict[Place, datetime] = {}

    def to_the_end(self) -> None:
        for _ in range(_STEPS):
            if not self.left:
                return
            self._step()
        self.ended.update(dict.fromkeys(self.left, self.moment))

    def _step(self) -> None:
        now_open = self._open()
        total = sum(self.left[place] for place in now_open)
        seconds = total / self.rate if self.rate else 0.0
        change = min(closing(p, self.moment) if p in now_open else opening(p, self.moment) for p in self.left)
        if now_open and self.moment + timedelta(seconds=seconds) <= change:
            self.moment += timedelta(seconds=seconds)
            for place in now_open:
                self.ended[place] = self.moment
                del self.left[place]
            return
        share = (change - self.moment).total_seconds() / seconds if seconds else 0.0
        for place in now_open:
            self.left[place] *= 1 - share
        self.moment = change
        self._note_closings()

    def _note_closings(self) -> None:
        for place, closes in self.first_closing.items():
            if closes <= self.moment and place in self.left and place not in self.carried_over:
                self.carried_over[place] = self.left[place]

    def _open(self) -> list[Place]:
        return [place for place in self.left if opening(place, self.moment) <= self.moment]


def _held(waiting: Mapping[Place, int], openings: Mapping[Place, datetime]) -> tuple[Held, ...]:
    """One line for each time on people's own clocks, whatever their zone."""
    counts: Counter[datetime] = Counter()
    zoned: dict[datetime, datetime] = {}
    for place, moment in openings.items():
        local = moment.astimezone(place.zones[0])
        clock = local.replace(tzinfo=None)
        counts[clock] += waiting[place]
        zoned.setdefault(clock, local)
    return tuple(Held(counts[clock], zoned[clock]) for clock in sorted(counts))


def _by_zone(ended: Mapping[Place, datetime]) -> dict[str, datetime]:
    latest: dict[str, datetime] = {}
    for place, moment in ended.items():
        local = moment.astimezone(place.zones[0])
        latest[place.time_zone] = max(local, latest.get(place.time_zone, local))
    return dict(sorted(latest.items()))


def _day(day: date, today: date) -> str:
    ahead = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(ahead, f"on {day:%A}, {day:%B} {day.day}")

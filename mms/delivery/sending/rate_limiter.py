"""How fast one sender may ask Twilio: never more than the rate in any second, and at least 99 % of it on average.

Three rules together. Slots, spaced a little wider than the rate, let a late request catch up; neighbours stay at
least four fifths of a slot apart, because a burst arrives stretched and would overlap with the next one; and a
sliding window over the times at which requests really left bounds every second. The window's slack is what the road
to Twilio may add to one request and not to another; the slots' slack is a little more, so that what is late because
the system was busy can be made up for. What a longer stall has cost is lost: no second may hold more than the rate.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_RATES = {"long_code": 1.0, "toll_free": 3.0, "short_code": 10.0, "service": 10.0}
"""Messages a second: what Twilio lets an MMS sender of each kind release (contract, MMS_RATE)."""

FAST = 20.0
"""From this rate on stalls of the system hit requests often and cost the mean, so that less slack is affordable."""

SLOW_SLACK = (1.009, 1.008)  # of slots and window: 8 ms in a second
FAST_SLACK = (1.007, 1.0055)
CLOSEST = 0.8  # of a slot
CATCH_UP = 0.3  # seconds of missed slots that may be made up for: a stall, not a rest
_GLANCE = 0.002  # how often a request that is still connecting is looked at


@dataclass(slots=True)
class Departure:
    """One request's place in the window: the time at which it left, as soon as it has."""

    at: float
    has_left: bool = False


class RateLimiter:
    """Keeps one sender's requests apart. One task at a time may wait in `turn`; the rate may change at any time."""

    def __init__(self, rate: float = 0.0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._slot = clock()
        self._departures: deque[Departure] = deque()

    def rest(self, seconds: float) -> None:
        """Let nothing leave for so long: another holder of this sender may just have sent."""
        self._slot = max(self._slot, self._clock() + seconds)

    @property
    def window(self) -> tuple[int, float]:
        """How many requests may leave in how many seconds. A rate of 2.5 is three in 1.2 seconds."""
        count = math.ceil(self.rate)
        return count, count / self.rate

    @property
    def slack(self) -> tuple[float, float]:
        """By how much slots and window are wider than the rate asks for."""
        return SLOW_SLACK if self.rate < FAST else FAST_SLACK

    async def turn(self) -> Departure:
        """Wait until the next request may leave. Mark the result with `left` then, or take it back with `cancel`."""
        while (wait := self._seconds_to_wait()) > 0:  # noqa: ASYNC110 - the rate may change meanwhile
            await asyncio.sleep(wait)
        now = self._clock()
        if self.rate > 0:
            self._slot = max(self._slot, now - CATCH_UP) + self.slack[0] / self.rate
        departure = Departure(now)
        self._departures.append(departure)
        return departure

    def left(self, departure: Departure) -> None:
        """The request is on the wire now; connecting may have taken a while since its turn came."""
        departure.at = self._clock()
        departure.has_left = True

    def cancel(self, departure: Departure) -> None:
        """The request never left, so it does not count."""
        if departure in self._departures:
            self._departures.remove(departure)

    def _seconds_to_wait(self) -> float:
        now = self._clock()
        if self.rate <= 0:
            self._departures.clear()
            return self._slot - now
        count, seconds = self.window
        slot = self._slot
        if self._departures:
            slot = max(slot, self._departures[-1].at + CLOSEST / self.rate)
        while len(self._departures) > count:
            self._departures.popleft()
        if len(self._departures) < count:
            return slot - now
        first = self._departures[0]
        free_at = first.at + seconds * self.slack[1] if first.has_left else now + _GLANCE
        return max(slot, free_at) - now

"""Twilio's time, measured from the `Date` header of its answers: ours may be an hour off, or jump."""

import logging
import statistics
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

_log = logging.getLogger("mms.twilio_client")
SAMPLES = 15  # the last answers, of which the median counts: one odd header says nothing
JUMP = 2.0  # seconds between the two clocks of this computer that are no drift any more
TELLING = 60.0  # seconds from which on people are told
_HALF_A_SECOND = 0.5  # the header is cut to whole seconds


class ProviderClock:
    """Knows Twilio's time as soon as one answer carried it. Safe for many threads.

    Counted by the clock that nobody can set. When the two clocks of this computer drift apart (it slept, or its time
    was set), what was measured is forgotten until the next answer: one of them is wrong, and nobody knows which.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._monotonic, self._wall = monotonic, wall
        self._samples: deque[float] = deque(maxlen=SAMPLES)  # Twilio's time less the monotonic clock
        self._gap = wall() - monotonic()

    def heard(self, http_date: str | None) -> None:
        """Note the header of an answer that came just now; one that cannot be read is left out."""
        moment = http_date_seconds(http_date)
        if moment is not None:
            self._notice_jump()
            self._samples.append(moment + _HALF_A_SECOND - self._monotonic())

    def now(self) -> float | None:
        """Seconds since 1970 by Twilio's clock, to about a second; None while it is unknown."""
        self._notice_jump()
        samples = list(self._samples)
        return self._monotonic() + statistics.median(samples) if samples else None

    @property
    def ahead(self) -> float | None:
        """Seconds by which this computer's clock is ahead of Twilio's; negative when it is behind."""
        now = self.now()
        return None if now is None else self._wall() - now

    def _notice_jump(self) -> None:
        gap = self._wall() - self._monotonic()
        if abs(gap - self._gap) > JUMP:
            _log.warning("This computer's clock jumped by %.0f s; Twilio's time is measured anew", gap - self._gap)
            self._samples.clear()
        self._gap = gap


def http_date_seconds(text: str | None) -> float | None:
    """Seconds since 1970 of an HTTP date; None when it is none."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def clock_warning(ahead: float | None) -> str | None:
    """What people are told about a clock that is off, in a sentence or two; None when all is well or unknown."""
    if ahead is None or abs(ahead) < TELLING:
        return None
    way = "ahead of" if ahead > 0 else "behind"
    return (
        f"This computer's clock is {_span(abs(ahead))} {way} Twilio's. Quiet hours and start times follow this clock: "
        "switch on automatic time (NTP). Nobody is texted twice because of it."
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minute{'s' if minutes != 1 else ''}" if minutes < 120 else f"{round(minutes / 60)} hours"

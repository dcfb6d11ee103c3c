"""Slows everything down when Twilio asks for it or cannot be reached: exponential back-off with jitter, bounded."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

GIVE_UP_AFTER = 300.0  # seconds without one answered request
_BUSY_FIRST, _SILENT_FIRST = 0.1, 0.5  # Twilio's own example starts at 0.1 s, doubles, and ends at 30 s
_LONGEST = 30.0
_SILENT_LIMIT = 5  # requests in a row without an answer until we slow down, too


@dataclass(slots=True)
class Backoff:
    """Shared by all requests of one sender. `limit` is what may be in flight when all is well."""

    limit: int
    clock: Callable[[], float] = time.monotonic
    trouble: str | None = None  # `busy` or `unreachable`, since `_since`
    _share: float = 1.0  # of `limit`, while Twilio has asked for fewer at a time
    _hold_until: float = 0.0
    _level: int = 0
    _silent: int = 0
    _since: float = 0.0

    @property
    def allowed(self) -> float:
        """How many requests may be in flight now."""
        return max(1.0, self.limit * self._share)

    def answered(self) -> None:
        """A request was processed: all is well again; what may be in flight grows back step by step."""
        self.trouble, self._level, self._silent = None, 0, 0
        if self._share < 1:
            self._share = min(1.0, self._share + 1 / (self.limit * self.allowed))

    def busy(self, retry_after: float | None) -> None:
        """429: too many at once. Wait, and ask fewer at a time."""
        if self._slow_down("busy", _BUSY_FIRST, retry_after):
            self._share /= 2

    def not_connected(self) -> None:
        """No connection was made."""
        self._slow_down("unreachable", _SILENT_FIRST, None)

    def no_answer(self) -> None:
        """A request got lost on the way; several in a row mean that something is down."""
        self._silent += 1
        if self._silent >= _SILENT_LIMIT:
            self._slow_down("unreachable", _SILENT_FIRST, None)

    @property
    def wait(self) -> float:
        """Seconds until the next request may be made."""
        return max(0.0, self._hold_until - self.clock())

    def start_anew(self) -> None:
        """A person has been told; the next campaign gets its own chance."""
        self.trouble, self._level, self._silent, self._hold_until = None, 0, 0, 0.0

    @property
    def gives_up(self) -> bool:
        """Whether it has gone on for so long that a person should know."""
        return self.trouble is not None and self.clock() - self._since > GIVE_UP_AFTER

    def _slow_down(self, trouble: str, first: float, at_least: float | None) -> bool:
        """False when we are waiting already: many requests in flight fail together, and count as one."""
        if self.wait > 0:
            return False
        if self.trouble is None:
            self._since = self.clock()
        self.trouble = trouble
        pause = min(_LONGEST, first * 2**self._level) * random.uniform(0.9, 1.1)
        self._level = min(self._level + 1, 10)
        self._hold_until = self.clock() + max(pause, at_least or 0.0)
        return True

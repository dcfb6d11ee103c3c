"""How often one key may call: a bucket of tokens for each key, in this process."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

OPTION = "api_calls_per_minute"
CALLS_PER_MINUTE = 600
_MINUTE = 60.0  # seconds
_ROUNDING = 1e-6
_MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class RateLimit:
    """Lets a minute's worth through at once, then evenly; `clock` is in seconds."""

    clock: Callable[[], float] = time.monotonic
    _free_at: dict[str, float] = field(default_factory=dict)  # when the key's bucket would be full again

    def wait(self, key_name: str, calls_per_minute: float) -> float:
        """0 when this call may go on, else the seconds until the next one may; a refused call costs nothing."""
        now = self.clock()
        interval = _MINUTE / calls_per_minute
        full_at = max(self._free_at.get(key_name, now), now) + interval
        if full_at - now > _MINUTE + _ROUNDING:
            return full_at - now - _MINUTE
        self._free_at[key_name] = full_at
        if len(self._free_at) > _MOST_REMEMBERED:  # addresses are many; a full bucket needs no memory
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        return 0.0

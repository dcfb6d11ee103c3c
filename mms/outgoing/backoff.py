"""When a post that nobody took is tried again: as Standard Webhooks recommends, some three days in all."""

import random

_MINUTE, _HOUR = 60.0, 3_600.0
_PAUSES = (
    *(5.0, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR),
    *(14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
)
_JITTER = 0.1
GIVE_UP_AFTER = len(_PAUSES) + 1
"""Tries in vain after which nobody tries again."""


def pause_after(tries: int, retry_after: float = 0.0) -> float:
    """Seconds until the next try, when `tries` (from 1) were in vain; the receiver may ask for longer, up to a day."""
    pause = _PAUSES[min(tries, len(_PAUSES)) - 1]
    return max(pause * random.uniform(1, 1 + _JITTER), min(retry_after, _PAUSES[-1]))

"""How often Twilio's log is asked about a message: often while it is young, then ever less, until it is 72 hours old.

Points in time lie on a grid (every 10 s, every 30 s ...), so that nothing but the time of the last look is
stored, and a restart, or many messages of different age, need no further book-keeping.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HORIZON = 72 * 3600.0
"""Seconds after which a change is unlikely [Twilio support 223134347]."""

SLOWEST = 3600.0
"""Seconds between two looks at the oldest messages."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Messages younger than `until` are asked about every `every`; both in seconds."""

    until: float
    every: float


LIVE_TIERS = (Tier(30, 10), Tier(120, 30), Tier(600, 120), Tier(3600, 600), Tier(HORIZON, SLOWEST))
PRACTICE_TIERS = (Tier(10, 2), Tier(60, 5), Tier(600, 30), Tier(3600, 600), Tier(HORIZON, SLOWEST))


def due_age(tiers: Sequence[Tier], last: float, now: float) -> float:
    """Messages up to this age (seconds) are to be asked about now, when the last look was at `last`; 0: none."""
    return max((tier.until for tier in tiers if now // tier.every > last // tier.every), default=0.0)


def is_due(tiers: Sequence[Tier], youngest_age: float, last: float, now: float) -> bool:
    """Whether a message as old as the youngest one that waits gives reason to look now."""
    return any(youngest_age < tier.until and now // tier.every > last // tier.every for tier in tiers)

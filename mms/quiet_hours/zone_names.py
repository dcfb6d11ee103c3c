"""Time zones as people call them: `Central time`, never `America/Chicago`."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNIVERSAL = frozenset({"UTC", "Etc/UTC", "Etc/GMT", "GMT"})


@lru_cache(maxsize=200)
def zone_said(name: str) -> str:
    """The zone's everyday name within a sentence; that of its biggest city where it has none."""
    from babel.dates import get_timezone_name  # its data take a while to load, and only pages with times want them

    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
    if name in _UNIVERSAL:
        return "UTC"
    said = get_timezone_name(zone, width="long", zone_variant="generic", locale="en_US")
    if "(" in said:  # "United States (Honolulu) Time": no name of its own
        said = f"{name.rpartition('/')[2].replace('_', ' ')} time"
    return said.removesuffix(" Time") + " time" if said.endswith(" Time") else said

"""How far the check of a link goes, and Twilio's limits for a message with media."""

from dataclasses import dataclass

# Twilio says "5 MB" and not which; the smaller reading is the safe one.
MESSAGE_BYTES = 5_000_000
MESSAGE_FILES = 10
# Carriers take less than Twilio does of what Twilio does not resize (AT&T 600 KB for every sender type).
CARRIER_BYTES = 600_000
# A message may wait in Twilio's queue for so long before its media is fetched (ValidityPeriod's default).
QUEUE_SECONDS = 36_000
# Twilio does not say which ports it asks; others belong to services that a pre-flight must not knock at.
USUAL_PORTS = frozenset({80, 443})


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Bounds of one pre-flight. Times in seconds and for each request; waiting for a turn does not count."""

    max_bytes: int = MESSAGE_BYTES
    max_redirects: int = 5  # Twilio does not publish its own limit
    ports: frozenset[int] = USUAL_PORTS  # not a bound where private addresses are allowed
    connect_seconds: float = 10
    first_byte_seconds: float = 15  # Twilio gives up after 15 (error 11200)
    whole_seconds: float = 30
    busy_pauses: tuple[float, ...] = (1, 4)  # after 429, unless Retry-After asks for more
    longest_pause: float = 15
    at_once: int = 50
    at_once_per_host: int = 20
    silent_links_per_host: int = 20  # so many in a row without any answer, and the host's other links are not tried
    thumbnails_bytes: int = 20_000_000  # all thumbnails of one pre-flight together

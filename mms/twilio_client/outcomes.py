"""What can come of asking Twilio for one message. Exactly one of these, never an exception.

What matters is whether the request left: only the connection's own last line knows, see `wire`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """Twilio has the message; `status` is Twilio's word, with a code when it is `failed` already."""

    sid: str
    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Twilio said no, nearly always with its own code: the message was not created."""

    code: int | None
    http_status: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Too many requests at once (429): not processed, always safe to ask again [Twilio 20429]."""

    retry_after: float | None = None  # seconds


@dataclass(frozen=True, slots=True)
class NotAsked:
    """No byte of the request left: no connection. Safe to ask again. `why` is the kind of failure."""

    why: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """We held it back ourselves at the last moment: paused, cancelled, stopping, or the lease was no longer ours."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The request left and no usable answer came: the message may have gone out. Never ask again blindly."""

    http_status: int | None = None


Outcome = Accepted | Refused | Busy | NotAsked | Withheld | NoAnswer

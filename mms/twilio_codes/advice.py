"""The words a code is described with."""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What a code is about; failures are counted by family."""

    ACCOUNT = "account"
    SENDER = "sender"
    REGISTRATION = "registration"  # of the sender, with carriers or a country
    SETTINGS = "settings"
    RECIPIENT = "recipient"
    OPT_OUT = "opt_out"
    CONTENT = "content"
    MEDIA = "media"
    FILTERING = "filtering"
    THROUGHPUT = "throughput"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"


class Hands(StrEnum):
    """Who can put it right."""

    YOU = "you"
    ADMINISTRATOR = "administrator"  # of the Twilio account
    RECIPIENT = "recipient"
    CARRIER = "carrier"
    NOBODY = "nobody"


class Retry(StrEnum):
    """Whether another try makes sense. After a 201 it is a new message with a new charge."""

    NO = "no"  # never for this row
    FIX = "fix"  # once the cause is put right
    WAIT = "wait"  # later
    CHECK = "check"  # the outcome is unknown: look in Twilio's log first


class Charged(StrEnum):
    """Whether Twilio takes money for it, as far as is published."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CodeAdvice:
    """What one code means and what to do about it."""

    code: int | None  # None where Twilio gave none
    meaning: str
    advice: str
    family: Family
    hands: Hands
    retry: Retry
    stops_campaign: bool  # every further row would fare the same
    charged: Charged
    seen: frozenset[str]  # C: answer to a create; M: on a message; W: webhook or console; A: setting up
    dead_number: bool  # this number can never get a picture message
    opt_out: bool

    @property
    def link(self) -> str:
        """Twilio's own page; empty where there is no code."""
        return f"https://www.twilio.com/docs/api/errors/{self.code}" if self.code else ""

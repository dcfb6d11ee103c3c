"""Is this message in Twilio's log the one that we asked for and heard nothing about? Values only."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mms.twilio_client import ProviderMessage

CLOCK_SKEW = 600.0  # seconds by which Twilio's clock and the database's may differ
_TRIAL_PREFIX = re.compile(r"^\s*sent from (?:your|a) twilio trial account\s*-\s*", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_SPACE = re.compile(r"\s+")
_CUT_OFF = 100  # characters: a body that agrees for so long and then ends has been cut, not written anew


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A row whose request may or may not have reached Twilio."""

    row_id: int
    campaign_id: int
    fence: int  # of its attempt
    recipient: str
    address: str  # number or messaging service that it was to come from
    claimed_at: float
    body: str
    media_count: int
    looks: int


def matching(question: UnknownRow, log: Iterable[ProviderMessage], adopted: Collection[str]) -> ProviderMessage | None:
    """The earliest message in the log that can be this row's and is nobody else's; None when there is none."""
    found = [message for message in log if message.sid not in adopted and _fits(question, message)]
    return min(found, key=lambda message: message.created_at, default=None)


def _fits(question: UnknownRow, message: ProviderMessage) -> bool:
    return (
        message.direction == "outbound-api"
        and message.to == question.recipient
        and question.address in _addresses(question, message)
        and message.created_at >= question.claimed_at - CLOCK_SKEW
        # A picture that the carrier cannot take becomes a link in a text.
        and message.media_count in (question.media_count, 0)
        and (message.body is None or same_text(question.body, message.body))
    )


def _addresses(question: UnknownRow, message: ProviderMessage) -> tuple[str | None, ...]:
    """Where it came from; a log that names no sender at all does not speak against ours."""
    named = (message.sender, message.service_sid)
    return named if any(named) else (question.address,)


def same_text(ours: str, theirs: str) -> bool:
    """Whether `theirs` may be what Twilio made of `ours`: trial prefix, shortened links, white space, a cut end."""
    expected, found = _plain(ours), _plain(theirs)
    return expected == found or (len(found) >= _CUT_OFF and expected.startswith(found))


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return _SPACE.sub("", _LINK.sub("", _TRIAL_PREFIX.sub("", text)))

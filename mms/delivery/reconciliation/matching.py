"""Which message in Twilio's log belongs to which row in doubt? Values only."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mms.twilio_client import ProviderMessage, may_be_to

MARGIN = 10.0  # seconds by which our measure of Twilio's time may be off: its header has whole seconds
_NOT_ASKED_FOR = frozenset({"inbound", "outbound-reply", "outbound-call"})  # never made by a create of ours
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
    since: float | None  # Twilio's time before the first request that may have left; None while it is unknown
    body: str
    media_count: int
    looks: int


@dataclass(frozen=True, slots=True)
class Match:
    """What the log holds for one row. `message` is the one to adopt, if it comes to that."""

    message: ProviderMessage | None = None
    has_same_text: bool = False
    candidates: int = 0
    doubts: int = 1


def matches(
    doubts: Sequence[UnknownRow], log: Mapping[int, Sequence[ProviderMessage]], owned: Collection[str]
) -> dict[int, Match]:
    """By row id. `log` holds, by row id, what was read for that row; `owned` are SIDs that rows have already.

    Equal texts first, the earliest message to the earliest row. What is left counts for every row that it may be of.
    """
    earliest = sorted(doubts, key=lambda one: (one.since or 0.0, one.row_id))
    possible = {one.row_id: _candidates(one, log.get(one.row_id, ()), owned) for one in earliest}
    found: dict[int, Match] = {}
    taken: set[str] = set()
    for doubt in earliest:
        same = [one for one in possible[doubt.row_id] if one.sid not in taken and says_the_same(doubt, one)]
        if same:
            taken.add(same[0].sid)
            found[doubt.row_id] = Match(same[0], has_same_text=True, candidates=len(same))
    left = {
        one.row_id: [message for message in possible[one.row_id] if message.sid not in taken]
        for one in earliest
        if one.row_id not in found
    }
    return found | {row_id: _only(left, row_id) for row_id in left}


def _only(left: Mapping[int, Sequence[ProviderMessage]], row_id: int) -> Match:
    ours = {message.sid for message in left[row_id]}
    if not ours:
        return Match()
    rivals = sum(any(message.sid in ours for message in others) for others in left.values())
    return Match(left[row_id][0], candidates=len(ours), doubts=rivals)


def _candidates(doubt: UnknownRow, log: Iterable[ProviderMessage], owned: Collection[str]) -> list[ProviderMessage]:
    found = {message.sid: message for message in log if message.sid not in owned and may_be(doubt, message)}
    return sorted(found.values(), key=lambda message: message.created_at)


def may_be(doubt: UnknownRow, message: ProviderMessage) -> bool:
    """Whether the message can be this row's, whatever it says: sent by us, to that number, since the claim."""
    return (
        doubt.since is not None
        and message.created_at >= doubt.since - MARGIN
        and may_be_to(message.to, doubt.recipient)
        and sent_by(doubt.address, message)
    )


def sent_by(address: str, message: ProviderMessage) -> bool:
    """Whether a create of ours made it; a log that names no sender at all does not speak against that."""
    named = (message.sender, message.service_sid)
    return message.direction not in _NOT_ASKED_FOR and (address in named or not any(named))


def says_the_same(doubt: UnknownRow, message: ProviderMessage) -> bool:
    """Whether it is this row's by its text, too. A number that is half hidden may be a neighbour's with the same text.

    A picture that the carrier cannot take becomes a link in a text.
    """
    return (
        may_be(doubt, message)
        and message.to == doubt.recipient
        and message.media_count in (doubt.media_count, 0)
        and message.body is not None
        and same_text(doubt.body, message.body)
    )


def same_text(ours: str, theirs: str) -> bool:
    """Whether `theirs` may be what Twilio made of `ours`: trial prefix, shortened links, white space, a cut end."""
    expected, found = _plain(ours), _plain(theirs)
    return expected == found or (len(found) >= _CUT_OFF and expected.startswith(found))


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return _SPACE.sub("", _LINK.sub("", _TRIAL_PREFIX.sub("", text)))

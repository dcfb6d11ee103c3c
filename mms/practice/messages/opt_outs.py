"""Who has replied STOP, and to what: with a plain number the block covers that number, with a service all of it."""

from collections.abc import Iterable

from mms.practice import account
from mms.practice.messages.create_request import CreateRequest
from mms.practice.messages.outcomes import OPTED_OUT_LINE, fictional_line

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: single words only, any case.
STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO"})

MAGIC_OPTED_OUT = "+15005550004"


def keyword(body: str, number: str) -> str:
    """`STOP`, `START` or `HELP` when the reply to this number is one of Twilio's keywords and nothing else."""
    word = body.strip().upper()
    start = START_WORDS - {"YES"} if number == account.TOLL_FREE.number else START_WORDS
    kinds = (("STOP", STOP_WORDS), ("START", start), ("HELP", HELP_WORDS))
    return next((kind for kind, words in kinds if word in words), "")


def senders_covered(number: str) -> tuple[str, ...]:
    """What a STOP to this number blocks: the number itself, and the service it belongs to."""
    service = account.service_of(number)
    return (number, service.sid) if service else (number,)


class OptOuts:
    """The blocked pairs in memory; the message log keeps them over a restart."""

    def __init__(self, pairs: set[tuple[str, str]]) -> None:
        self._pairs = pairs

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These people want nothing from these senders (numbers or services)."""
        self._pairs.update(pairs)

    def remove(self, pairs: Iterable[tuple[str, str]]) -> None:
        """They have changed their mind."""
        self._pairs.difference_update(pairs)

    def clear(self) -> None:
        """Forget every reply."""
        self._pairs.clear()

    def blocks(self, request: CreateRequest) -> bool:
        """Whether Twilio would not let this message through to its recipient."""
        always = request.to == MAGIC_OPTED_OUT or fictional_line(request.to) == OPTED_OUT_LINE
        return always or (request.to, request.service_sid or request.sender) in self._pairs

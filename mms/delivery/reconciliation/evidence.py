"""What a look into Twilio's log allows us to conclude about a row without an answer. One rule, values only."""

from dataclasses import dataclass
from enum import StrEnum

MOST_SILENT = 3  # requests without an answer of which the log knew nothing; after the next a person decides
MOST_ROUNDS = 10  # the same with the rounds in which only a worker died, most likely before it asked
PATIENCE = 10.0  # settling times for which a log that does not answer is asked again
_SAID_YES = range(200, 300)  # an answer with such a status and no SID: its message exists, whatever the log says


class Verdict(StrEnum):
    """What becomes of the row."""

    ADOPT = "adopt"  # its message is in the log
    LOOK_AGAIN = "look_again"
    PERSON = "person"  # nobody but a person can tell; looking goes on beside that
    ASK_AGAIN = "ask_again"  # it surely did not go out


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one row after a look. Seconds by a clock that nobody can set.

    `candidates` are messages of this sender to that number, created after the claim in Twilio's time, that no row
    owns. `doubts` are the rows that each of them might belong to.
    """

    is_time_known: bool = True  # Twilio's time, in which the log is dated
    was_answered: bool = True  # this look, and wholly
    is_forbidden: bool = False  # Twilio will never answer it
    has_same_text: bool = False  # one of the candidates says what the row was to say
    candidates: int = 0
    doubts: int = 1
    answered_for: float = 0.0  # since the first look that was answered
    silent_for: float = 0.0  # since a look was last answered
    last_status: int | None = None  # HTTP status of an answer that could not be read
    lost_requests: int = 0  # of this row, this one among them
    rounds: int = 0  # times that it was asked again already


def verdict(seen: Evidence, settle_seconds: float) -> Verdict:
    """The rule. Equal text proves presence; only time and answers can prove absence, and never a difference in text.

    A log can show a message with another text (Smart Encoding, shortened links), without text and with half a number
    (Message Redaction), or late: so whatever may be this row's message speaks against asking again.
    """
    if seen.has_same_text or (seen.candidates == 1 and seen.doubts == 1):
        return Verdict.ADOPT
    if seen.is_forbidden or seen.silent_for > PATIENCE * settle_seconds:
        return Verdict.PERSON
    if not (seen.is_time_known and seen.was_answered) or seen.answered_for < settle_seconds:
        return Verdict.LOOK_AGAIN
    if seen.candidates or seen.last_status in _SAID_YES:
        return Verdict.PERSON
    if seen.lost_requests > MOST_SILENT or seen.rounds >= MOST_ROUNDS:
        return Verdict.PERSON
    return Verdict.ASK_AGAIN

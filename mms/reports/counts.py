"""The one vocabulary of counts: each word of every page, chart, file, API and guide, with its rule as a set of states.

Every state is in exactly one part, so the parts add up to the rows of the list. `HANDED_OVER` is closed under the
table of moves: whatever becomes of a message later, this count never falls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from mms.states import RowState


class Part(StrEnum):
    """Parts of the list, each row in exactly one."""

    WAITING = "waiting"
    ON_THE_WAY = "on_the_way"
    SENT = "sent"
    DELIVERED = "delivered"
    NOT_ARRIVED = "not_arrived"
    REFUSED = "refused"
    NOT_KNOWN = "not_known"
    TAKEN_BACK = "taken_back"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Count:
    """One word: its label for tiles and headings, the rule in a sentence, and the states that it counts."""

    label: str
    meaning: str
    states: tuple[RowState, ...]


PARTS: dict[Part, Count] = {
    Part.WAITING: Count(
        "Waiting",
        "Not with Twilio yet: its turn has not come, or it is being handed over right now.",
        (RowState.READY, RowState.SENDING),
    ),
    Part.ON_THE_WAY: Count("On the way", "Twilio has it; nothing is known from the carrier yet.", (RowState.ACCEPTED,)),
    Part.SENT: Count(
        "Sent",
        "The carrier took it and gave no receipt, yet or ever: many US carriers give none for pictures.",
        (RowState.SENT,),
    ),
    Part.DELIVERED: Count("Delivered", "The carrier reported that it reached the phone.", (RowState.DELIVERED,)),
    Part.NOT_ARRIVED: Count(
        "Not arrived",
        "Twilio took it, and it failed later; it can cost money. Each row says why.",
        (RowState.UNDELIVERED, RowState.FAILED),
    ),
    Part.REFUSED: Count(
        "Refused", "Twilio said no when asked: nothing went out and nothing was charged.", (RowState.REFUSED,)
    ),
    Part.NOT_KNOWN: Count(
        "Not known",
        "Twilio did not answer, so it may have gone out. Twilio's log is asked, or a person decides.",
        (RowState.UNKNOWN,),
    ),
    Part.TAKEN_BACK: Count(
        "Taken back", "Cancelled before Twilio had it, or given up by a person.", (RowState.CANCELED,)
    ),
    Part.LEFT_OUT: Count("Left out", "Never offered to Twilio, on purpose; each row says why.", (RowState.SKIPPED,)),
}
"""In the order of a message's life."""

_HANDED_OVER = (Part.ON_THE_WAY, Part.SENT, Part.DELIVERED, Part.NOT_ARRIVED)
HANDED_OVER = Count(
    "Handed over",
    "Twilio took it: on the way, sent, delivered and not arrived together. This number never falls.",
    tuple(state for part in _HANDED_OVER for state in PARTS[part].states),
)
IN_THE_LIST = Count("In the list", "Every row of the file, each counted once.", tuple(RowState))
WORDS: tuple[Count, ...] = (IN_THE_LIST, HANDED_OVER, *PARTS.values())
"""All of the vocabulary, sums first."""
NOT_KNOWN = "not known"
"""What stands where nobody can say a figure: replies that cannot be heard, a price that Twilio has not told."""
ARRIVED_MEANING = (
    "Delivered, as a share of handed over: at least those with a receipt, at most also those sent or on the way."
)
OPEN_PARTS = (Part.WAITING, Part.NOT_KNOWN)
"""What is left to do before a campaign is finished."""


def part_of(state: RowState) -> Part:
    """The part in which a row of this state is counted."""
    return _PART_OF[state]


_PART_OF = {state: part for part, count in PARTS.items() for state in count.states}


@dataclass(frozen=True, slots=True)
class Band:
    """A share between what is confirmed and what is possible, of `of` messages."""

    confirmed: int
    possible: int
    of: int

    @property
    def low(self) -> float | None:
        """None where there is nothing to divide by."""
        return self.confirmed / self.of if self.of else None

    @property
    def high(self) -> float | None:
        """As `low`."""
        return self.possible / self.of if self.of else None

    def __str__(self) -> str:
        """`83.7 %`, `83.7 to 92.7 %`, or a dash."""
        if self.low is None or self.high is None:
            return "–"
        least, most = f"{100 * self.low:.1f}", f"{100 * self.high:.1f}"
        return f"{least} %" if least == most else f"{least} to {most} %"


@dataclass(frozen=True, slots=True)
class Counts:
    """One reading of a campaign's rows in the words of the vocabulary."""

    parts: dict[Part, int]

    @classmethod
    def of(cls, by_state: Mapping[RowState, int]) -> Self:
        """From rows by state; absent states count as 0."""
        return cls({part: sum(by_state.get(state, 0) for state in count.states) for part, count in PARTS.items()})

    def __getitem__(self, part: Part) -> int:
        return self.parts[part]

    def __add__(self, other: Self) -> Self:
        return type(self)({part: self.parts[part] + other.parts[part] for part in Part})

    @property
    def in_the_list(self) -> int:
        """Rows of the file."""
        return sum(self.parts.values())

    @property
    def handed_over(self) -> int:
        """Messages that Twilio took."""
        return sum(self.parts[part] for part in _HANDED_OVER)

    @property
    def open(self) -> int:
        """Rows that are not decided: waiting, or not known."""
        return sum(self.parts[part] for part in OPEN_PARTS)

    @property
    def to_send(self) -> int:
        """Rows that were to get a message."""
        return self.in_the_list - self.parts[Part.LEFT_OUT]

    @property
    def arrived(self) -> Band:
        """Of those handed over."""
        delivered = self.parts[Part.DELIVERED]
        possible = delivered + self.parts[Part.SENT] + self.parts[Part.ON_THE_WAY]
        return Band(delivered, possible, self.handed_over)


NOTHING = Counts.of({})


def shown_parts(counts: Counts) -> list[Part]:
    """Parts for tiles: the usual ones always, the others where there is something in them."""
    return [part for part in Part if counts[part] or part not in _QUIET]


_QUIET = (Part.REFUSED, Part.NOT_KNOWN, Part.TAKEN_BACK)

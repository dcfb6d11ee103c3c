"""A version of a message, as a campaign keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

NAMES = ("A", "B", "C")


class Rule(StrEnum):
    """By what the version for the rest is chosen."""

    CLICKS = "clicks"  # the most people who opened a link
    REPLIES = "replies"  # the most people who wrote back
    OPT_OUTS = "opt_outs"  # the fewest who asked for no more
    HAND = "hand"  # a person says so


@dataclass(frozen=True, slots=True)
class Version:
    """What one part of the people gets."""

    name: str  # A, B or C
    body: str
    media_urls: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """As it is stored."""
        return cls(value["name"], value["body"], tuple(value["media_urls"]))

    def to_json(self) -> dict[str, Any]:
        """A JSON object for the ledger."""
        return asdict(self) | {"media_urls": list(self.media_urls)}


def versions_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Version, ...]:
    """All versions of a campaign, A first; none for one that is not a test."""
    return tuple(Version.from_json(one) for one in stored or ())


def version_of_row(versions: Sequence[Version], drawn: str | None, winner: str | None) -> Version | None:
    """The version that a row gets: the one it was drawn for, else the one chosen for the rest; None while none is."""
    name = drawn or winner
    return next((one for one in versions if one.name == name), None)

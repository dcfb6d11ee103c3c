"""Codes made by us: a pattern, letters from the system's random source, and a check digit if wanted."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from mms.errors import CampaignError

LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""No B and 8, I and 1, O and 0, S and 5, Z and 2: a cashier who types one never types another."""
DIGITS = "0123456789"
LEAST_BITS = 40
"""A guess hits one of a million codes with a chance of one in a million."""
MOST = 1_000_000
_PLACES = {"*": LETTERS, "#": DIGITS}


@dataclass(frozen=True, slots=True)
class Pattern:
    """`*` is a letter or digit, `#` a digit, everything else stands for itself. `check` appends a check letter."""

    text: str
    check: bool = False

    def __post_init__(self) -> None:
        """Raises CampaignError: code `coupon_pattern`."""
        if not self.text.isascii() or not self.text.isprintable() or not 1 <= len(self.text) <= 60:
            raise CampaignError("A pattern has up to 60 plain letters, digits and signs.", code="coupon_pattern")
        if self.combinations < 2**LEAST_BITS:
            raise CampaignError(
                "Codes of this pattern could be guessed. Use at least 9 * (or 13 #) in it, such as SPRING-*********.",
                code="coupon_pattern",
            )

    @property
    def combinations(self) -> int:
        """How many different codes there are."""
        found = 1
        for place in self.text:
            found *= len(_PLACES.get(place, "x"))
        return found

    def code(self) -> str:
        """One code from the system's random source."""
        made = "".join(secrets.choice(_PLACES[place]) if place in _PLACES else place for place in self.text)
        return made + check_letter(made) if self.check else made


def made_codes(pattern: Pattern, count: int) -> Iterator[str]:
    """`count` different codes. Raises CampaignError: code `coupon_count`."""
    if not 1 <= count <= MOST:
        raise CampaignError(f"Up to {MOST:,} codes can be made at once.", code="coupon_count")
    made: set[str] = set()
    while len(made) < count:
        code = pattern.code()
        if code not in made:
            made.add(code)
            yield code


def check_letter(code: str) -> str:
    """Luhn's algorithm modulo the alphabet's size: finds every single wrong letter, and most that changed places."""
    total, factor = 0, 2
    size = len(LETTERS)
    for place in reversed([LETTERS.index(one) for one in code.upper() if one in LETTERS]):
        product = factor * place
        total += product // size + product % size
        factor = 3 - factor
    return LETTERS[-total % size]

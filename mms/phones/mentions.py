"""Whether a text holds one number, in whatever form: the one rule of export, erasure and search.

The checker refuses many cells that a person reads at once (two numbers, an extension, digits of another script); what
is stored of them is that person's all the same.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Self

import phonenumbers

REMOVED = "[removed]"
_BETWEEN = r"[^\w]{0,4}_?"  # brackets, dashes, dots and blanks, as people group digits


@dataclass(frozen=True, slots=True)
class Mentions:
    """One number, looked for in texts."""

    pattern: re.Pattern[str] = field(repr=False)

    @classmethod
    def of(cls, number: str) -> Self:
        """`number` is E.164."""
        parsed = phonenumbers.parse(number, None)
        own = phonenumbers.national_significant_number(parsed)
        code = _BETWEEN.join(str(parsed.country_code))
        before = rf"(?:(?:\+|00|011)?{_BETWEEN}{code}{_BETWEEN}(?:\(?0\)?{_BETWEEN})?|\(?0\)?{_BETWEEN})?"
        return cls(re.compile(rf"(?<!\d){before}{_BETWEEN.join(own)}(?!\d)"))

    def are_in(self, text: str) -> bool:
        """Whether the number stands in the text."""
        return self.pattern.search(_plain(text)) is not None

    def without(self, text: str) -> str:
        """The text, with a word in place of the number."""
        return self.pattern.sub(REMOVED, _plain(text)) if self.are_in(text) else text

    def without_in(self, value: Any) -> Any:
        """The same JSON value without the number in any of its texts and names."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, dict):
            return {self.without_in(key): self.without_in(item) for key, item in value.items()}
        return [self.without_in(item) for item in value] if isinstance(value, list) else value

    def emptied(self, value: Any) -> Any:
        """The same JSON value with an empty text wherever one held the number."""
        if isinstance(value, str):
            return "" if self.are_in(value) else value
        if isinstance(value, dict):
            return {self.emptied(key): self.emptied(item) for key, item in value.items()}
        return [self.emptied(item) for item in value] if isinstance(value, list) else value


def _plain(text: str) -> str:
    """The text with the digits of every script as 0 to 9, and without what nobody sees."""
    if text.isascii():
        return text
    shown = (character for character in text if unicodedata.category(character) != "Cf")
    return "".join(_digit(character) for character in shown)


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)

"""What a phone cell says, before any rule of numbering: its digits, or why it cannot be one number.

`phonenumbers` reads far too kindly for a list of recipients: `415-555-CATS`, `1.41556E+10` and
`415-555-2671;4155552672` are all valid numbers to it, and the first two belong to somebody else.
So everything but digits and punctuation is dealt with here, first rule first.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from mms.problems import PhoneCode

_WORDS_FOR_NOTHING = """
na n/a #n/a #ref! #value! #name? #null! null none nil nan nothing unknown tbc tbd missing empty no - -- --- ? . x
"""
_NOTHING = frozenset(_WORDS_FOR_NOTHING.split())
_WRAPPER = re.compile(r"""^=\s*(?:T\s*\(\s*)?["'](.*?)["']\s*\)?$""", re.IGNORECASE | re.DOTALL)
_PREFIX = re.compile(r"^(?:tel|phone|sms|callto)\s*:\s*(?://)?", re.IGNORECASE)
_OTHER_CHANNEL = re.compile(r"^(?:whatsapp|messenger|rcs|viber|telegram|signal)\s*:", re.IGNORECASE)
_EXPONENT = re.compile(r"^\+?(\d+)(?:[.,](\d+))?[eE]\+?(\d+)$")
_FLOAT = re.compile(r"^(\+?\d{7,15})[.,]0{1,2}$")
_EXTENSION = re.compile(r"(?:;?\s*(?:ext(?:n|ension)?|x)\s*[.:=]?|#)\s*\d{1,7}$", re.IGNORECASE)
_SEPARATOR = re.compile(r"[;,/|&\n]|\s(?:or|and|oder|ou|o|y|und|et)\s", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"(?<!\d)(?:\+?1[\s.-]*)?\(?\d{3}\)?[\s.-]*\d{3}[\s.-]*\d{4}(?!\d)")
_PUNCTUATION = re.compile(r"[\s().\-/]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u30fc\ufe58\ufe63\uff0d\u00ad]")
_TRUNK_ZERO = re.compile(r"(?<=\d)[\s.-]*\(\s*0\s*\)")
_LONGEST_CELL = 250
"""Characters; what is longer holds no phone number, and would keep the searches below busy for seconds."""
_ONE_NUMBER = re.compile(r"0?\+?\d+")


@dataclass(frozen=True, slots=True)
class Digits:
    """What was typed: digits with their leading zeros, after a `+` or not; `repair` names what was mended."""

    digits: str
    plus: bool = False
    repair: str | None = None


Reading = Digits | PhoneCode
"""What a cell gives: its digits, or the code that says why there are none."""


def read_digits(cell: str) -> Reading:
    """The digits of one cell, or the first reason why it holds no single number."""
    if len(cell) > _LONGEST_CELL:
        return PhoneCode.NOT_A_NUMBER
    text = _plain(cell)
    for rule in _RULES:
        found = rule(text)
        if found is not None:
            return found
    return _only_digits(text)


def _plain(cell: str) -> str:
    """Text with ASCII digits, hyphens and spaces, without invisible marks, apostrophe, `tel:` and `=T("…")`."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFKC", cell)
        cell = _DASHES.sub("-", cell)
        cell = "".join(_ascii_digit(c) for c in cell if unicodedata.category(c) != "Cf")
    text = cell.strip().lstrip("'’`").strip()
    if wrapped := _WRAPPER.match(text):
        text = wrapped[1].strip()
    return _PREFIX.sub("", text).strip().rstrip(";,:").rstrip()


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _missing(text: str) -> Reading | None:
    return PhoneCode.MISSING if text.casefold() in _NOTHING or not text else None


def _other_channel(text: str) -> Reading | None:
    return PhoneCode.WRONG_CHANNEL if _OTHER_CHANNEL.match(text) else None


def _exponent(text: str) -> Reading | None:
    """`1.4155552671E+10` keeps every digit; `1.41556E+10` has lost some and is never filled up with zeros."""
    found = _EXPONENT.match(text)
    if found is None:
        return None
    whole, part, power = found[1], found[2] or "", int(found[3])
    if len(part) != power or not part:
        return PhoneCode.ROUNDED_BY_EXCEL
    return Digits(whole + part, text.startswith("+"), "exponent")


def _float(text: str) -> Reading | None:
    found = _FLOAT.match(text)
    return Digits(found[1].lstrip("+"), text.startswith("+"), "decimal_zero") if found else None


def _several(text: str) -> Reading | None:
    pieces = [piece for piece in _SEPARATOR.split(text) if sum(c.isdigit() for c in piece) >= 7]
    several = len(pieces) > 1 or len(_WHOLE_NUMBER.findall(text)) > 1
    return PhoneCode.SEVERAL_NUMBERS if several else None


def _extension(text: str) -> Reading | None:
    found = _EXTENSION.search(text)
    if found is None or sum(c.isdigit() for c in text[: found.start()]) < 7:
        return None
    return PhoneCode.HAS_EXTENSION


def _letters(text: str) -> Reading | None:
    if not any(c.isalpha() for c in text):
        return None
    # "Total: 412" and "see notes" are no mistyped numbers
    return PhoneCode.HAS_LETTERS if sum(c.isdigit() for c in text) >= 4 else PhoneCode.NOT_A_NUMBER


_RULES: tuple[Callable[[str], Reading | None], ...] = (
    _missing,
    _other_channel,
    _exponent,
    _float,
    _several,
    _extension,
    _letters,
)


def _only_digits(text: str) -> Reading:
    bare = _PUNCTUATION.sub("", _TRUNK_ZERO.sub("", text))
    if not _ONE_NUMBER.fullmatch(bare):
        return PhoneCode.NOT_A_NUMBER
    before, plus, after = bare.rpartition("+")
    return Digits(before + after if not plus else after, bool(plus), "zero_before_plus" if before else None)

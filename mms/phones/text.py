"""What a phone cell says, before any rule of numbering: its digits, or why it cannot be one number.

`phonenumbers` reads far too kindly for a list of recipients: `415-555-CATS`, `1.41556E+10` and
`415-555-2671;4155552672` are all valid numbers to it, and the first two belong to somebody else.
So everything but digits and punctuation is dealt with here, first rule first. A cell gives digits only when
it leaves one reading: an ornament is no digit, and a digit that stands apart may be a footnote.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from mms.phones.labels import about_words, flags
from mms.problems import PhoneCode

_WORDS_FOR_NOTHING = """
na n/a #n/a #ref! #value! #name? #null! null none nil nan nothing unknown tbc tbd missing empty no - -- --- ? . x
"""
_NOTHING = frozenset(_WORDS_FOR_NOTHING.split())
_WRAPPER = re.compile(r"""^=\s*(?:T\s*\(\s*)?["'](.*?)["']\s*\)?$""", re.IGNORECASE | re.DOTALL)
_FORMULA = re.compile(r"^=\s*(?=[\d+(])")
_PREFIX = re.compile(r"^(?:tel|phone|sms|callto)\s*:\s*(?://)?", re.IGNORECASE)
_OTHER_CHANNEL = re.compile(r"^(?:whatsapp|messenger|rcs|viber|telegram|signal)\s*:", re.IGNORECASE)
_EXPONENT = re.compile(r"^\+?(\d+)(?:[.,](\d+))?[eE]\+?(\d+)$")
_FLOAT = re.compile(r"^(\+?\d{7,15})[.,]0{1,2}$")
# 415555267.1 is a decimal whose last digit would become the tenth of a number.
_DECIMAL = re.compile(r"^[+-]?\d{7,}[.,]\d{1,3}$")
_THOUSANDS = re.compile(r"^(\d{1,2}(?:,\d{3}){3})(?:\.00?)?$")
_EXTENSION = re.compile(r"[(\[]?\s*(?:;?\s*(?:ext(?:n|ension)?|x)\s*[.:=]?|#)\s*\d{1,7}\s*[)\]]?$", re.IGNORECASE)
_SEPARATOR = re.compile(r"[;,/|&\n]|\s(?:or|and|oder|ou|o|y|und|et)\s", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"(?<!\d)(?:\+?1[\s.-]*)?\(?\d{3}\)?[\s.-]*\d{3}[\s.-]*\d{4}(?!\d)")
_PUNCTUATION = re.compile(r"[\s().\-/]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u30fc\ufe58\ufe63\uff0d\u00ad]")
_TRUNK_ZERO = re.compile(r"^((?:0*\+|00|011)[\s.-]*\d{1,3})[\s.-]*\(\s*0\s*\)")
_LONGEST_CELL = 250
"""Characters; what is longer holds no phone number, and would keep the searches below busy for seconds."""
_ONE_NUMBER = re.compile(r"0?\+?\d+")
_CORE = re.compile(r"[+(\d](?:.*\d\)?)?", re.DOTALL)
_KEYCAP = re.compile("[0-9]\ufe0f?\u20e3")
_ORNAMENTS = "~*•·●▪–_\"“”„‟«»‹›'‘’‚`´<>[]{}:;,=-. \t\r\n"
_TWICE = re.compile(r"^\s*(~~|--+>)|~~\s*$")
_RIGHT_TO_LEFT = "\u202e"
"""Shows the digits after it in reverse: what stands there and what one sees are two numbers."""


@dataclass(frozen=True, slots=True)
class Digits:
    """What was typed: digits with their leading zeros, after a `+` or not; `repair` names what was mended.

    `short_start`: one or two digits stand apart in front, as in a numbered list or in numbers of other countries.
    """

    digits: str
    plus: bool = False
    repair: str | None = None
    short_start: bool = False


Reading = Digits | PhoneCode
"""What a cell gives: its digits, or the code that says why there are none."""


def read_digits(cell: str) -> Reading:
    """The digits of one cell, or the first reason why it holds no single number."""
    if len(cell) > _LONGEST_CELL or _RIGHT_TO_LEFT in cell:
        return PhoneCode.NOT_A_NUMBER
    bare, ornament = _without_digit_ornaments(cell)
    text = _plain(bare)
    for rule in _RULES:
        found = rule(text)
        if found is not None:
            return found
    return _between_words(text, "ornament" if ornament else None)


def _without_digit_ornaments(cell: str) -> tuple[str, bool]:
    """Without superscripts, circled and bracketed digits and keycaps at either end; these are no digits of a number.

    In the middle they stay as a character that no number has.
    """
    if cell.isascii():
        return cell, False
    marked = _KEYCAP.sub("\u2460", cell)
    marked = "".join("\u2460" if unicodedata.category(c) == "No" else c for c in marked)
    bare = marked.strip("\u2460 \t\r\n\u00a0\ufe0f")
    return bare.replace("\u2460", "\ufffd"), "\u2460" in marked


def _plain(cell: str) -> str:
    """Text with ASCII digits, hyphens and spaces, without invisible marks, apostrophe, `tel:` and `=T("…")`."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFKC", cell)
        cell = _DASHES.sub("-", cell)
        cell = "".join(_ascii_digit(c) for c in cell if unicodedata.category(c) != "Cf" and c != "\ufe0f")
    text = cell.strip().lstrip("'’`").strip()
    if wrapped := _WRAPPER.match(text):
        text = wrapped[1].strip()
    text = _FORMULA.sub("", text)
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
    if found := _FLOAT.match(text):
        return Digits(found[1].lstrip("+"), text.startswith("+"), "decimal_zero")
    if found := _THOUSANDS.match(text):
        return Digits(found[1].replace(",", ""), repair="thousands")
    return PhoneCode.NOT_A_NUMBER if _DECIMAL.match(text) else None


def _several(text: str) -> Reading | None:
    pieces = [piece for piece in _SEPARATOR.split(text) if sum(c.isdigit() for c in piece) >= 7]
    several = len(pieces) > 1 or len(_WHOLE_NUMBER.findall(text)) > 1
    return PhoneCode.SEVERAL_NUMBERS if several else None


def _extension(text: str) -> Reading | None:
    found = _EXTENSION.search(text)
    if found is None or sum(c.isdigit() for c in text[: found.start()]) < 7:
        return None
    return PhoneCode.HAS_EXTENSION


_RULES: tuple[Callable[[str], Reading | None], ...] = (
    _missing,
    _other_channel,
    _exponent,
    _float,
    _several,
    _extension,
)


def _between_words(text: str, repair: str | None) -> Reading:
    """The digits between labels and ornaments; any other letter is a fault of the number."""
    core = _CORE.search(text)
    if core is None:
        return PhoneCode.NOT_A_NUMBER
    flag, before = flags(text[: core.start()])
    flag_after, after = flags(text[core.end() :])
    if _TWICE.search(text):  # ~~struck out~~
        return PhoneCode.NOT_A_NUMBER
    words = about_words(before, after)
    if words is PhoneCode.HAS_LETTERS or any(c.isalpha() for c in core[0]):
        # "Total: 412" and "see notes" are no mistyped numbers
        return PhoneCode.HAS_LETTERS if sum(c.isdigit() for c in text) >= 4 else PhoneCode.NOT_A_NUMBER
    if words is not None:
        return words
    if not (_is_ornament(before) and _is_ornament(after)):
        return PhoneCode.NOT_A_NUMBER
    found = _only_digits(core[0].strip(), repair or _about(before, after))
    return found if isinstance(found, PhoneCode) else _under_flags(found, flag + flag_after)


def _is_ornament(text: str) -> bool:
    """Whether letters apart a text holds nothing but quotes, bullets and pictures. A question mark is a doubt."""
    return all(c.isalpha() or c in _ORNAMENTS or c in "()/" or unicodedata.category(c) == "So" for c in text)


def _about(before: str, after: str) -> str | None:
    beside = before + after
    if any(c.isalpha() for c in beside):
        return "label"
    return "ornament" if beside.strip(" \t\r\n-.:;,'’`()") else None


def _under_flags(found: Digits, letters: str) -> Reading:
    """A flag in front says the country: another one than the number's would make it somebody else's."""
    if not letters:
        return found
    home = letters in ("US", "CA", "PR", "USUS")
    if home and (not found.plus or found.digits.startswith("1")):
        return found
    return PhoneCode.NOT_A_NUMBER if home or not found.plus or found.digits.startswith("1") else found


def _only_digits(text: str, repair: str | None) -> Reading:
    text = _TRUNK_ZERO.sub(r"\1", text)
    bare = _PUNCTUATION.sub("", text)
    if not _ONE_NUMBER.fullmatch(bare) or _stands_apart(text):
        return PhoneCode.NOT_A_NUMBER
    before, plus, after = bare.rpartition("+")
    digits = before + after if not plus else after
    return Digits(digits, bool(plus), "zero_before_plus" if before and plus else repair, _starts_short(text))


_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_LAST_ALONE = re.compile(r"\d[\s/()]+\d$")


def _stands_apart(text: str) -> bool:
    """Whether a digit may be a footnote: alone in brackets, alone at the end, or in brackets there."""
    for found in _IN_BRACKETS.finditer(text):
        digits = _PUNCTUATION.sub("", found[1])
        first = not any(c.isdigit() for c in text[: found.start()])
        at_end = not any(c.isdigit() for c in text[found.end() :])
        if (len(digits) == 1 and not (first and digits == "1")) or (len(digits) < 3 and at_end):
            return True
    return bool(_LAST_ALONE.search(text)) and _home_length(text)


def _home_length(text: str) -> bool:
    digits = "".join(filter(str.isdigit, text))
    return len(digits) == 10 or (len(digits) == 11 and digits[0] == "1")


def _starts_short(text: str) -> bool:
    """Whether the first group has one or two digits, the others are no pairs, and it is not the 1 before ten."""
    groups = re.findall(r"\d+", text)
    if len(groups) < 2 or len(groups[0]) > 2:
        return False
    if groups[0] == "1" and sum(map(len, groups)) == 11:
        return False
    return {len(group) for group in groups} != {2}

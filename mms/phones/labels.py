"""Words beside a number: a label of a mobile is taken off, a label that warns keeps the number from being used.

Punctuation decides nothing: `Mobile:`, `mobile -` and `(mobile)` say the same.
"""

import re
import unicodedata

from mms.problems import PhoneCode

_WARNING_WORDS = """
fax faxno telefax faks factura landline landlines festnetz fixe fixo fijo fisso vast vaste rodinny
not dont donot never stop stopped unsubscribed unsubscribe optout optedout dnc dnt disconnected wrong incorrect invalid
deceased dead former old ex blocked bounced inactive do spouse emergency
"""
_PLACE_WORDS = """
home house work office business company h w o wk hm casa domicile domicilio bureau buro trabajo oficina privat arbeit
thuis werk
"""
_MOBILE_WORDS = """
mobile mob mobil movil mobiel mobilno m cell cel celular cellular cellulare cellphone c portable handy mobiltelefon
telemovel gsm iphone whats sms text txt
"""
_NEUTRAL_WORDS = """
p ph phone phones tel telephone telefon telefono telefone telefoon t call number num nr no number n numero nummer
primary main my us usa the personal contact preferred default
"""
_NO_OF = re.compile(r"\b(phone|ph|tel|telephone|mobile|mob|cell|contact|call)\W*no\b")
_NO_AT_ALL = re.compile(r"\bno\b")
_OTHER_CHANNELS = frozenset({"whatsapp", "messenger", "rcs", "viber", "telegram", "signal", "wechat", "skype"})
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHES = re.compile(r"['’`]")
# 📠 fax, 🏠 🏡 home, 🏢 office, and signs that forbid.
_WARNING_SIGNS = frozenset("📠🏠🏡🏢🚫⛔❌❎✖✘✗📵🔕☠💀")
_FIRST_FLAG_LETTER = 0x1F1E6


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WARN, _PLACE = _words(_WARNING_WORDS), _words(_PLACE_WORDS)
_MOBILE, _NEUTRAL = _words(_MOBILE_WORDS), _words(_NEUTRAL_WORDS)


def _compared(text: str) -> str:
    """Lower case, without accents and apostrophes, so that `Móvil` and `don't` are found."""
    parts = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


def warns(label: str) -> bool:
    """Whether a label says that this is no number to text: landline, fax, home, do not text, wrong number."""
    if any(sign in _WARNING_SIGNS for sign in label):
        return True
    compared = _NO_OF.sub(r"\1", _compared(label))
    words = set(_WORD.findall(compared))
    if words & _WARN or _NO_AT_ALL.search(compared):
        return True
    return bool(words & _PLACE) and not words & _MOBILE


def about_words(before: str, after: str) -> PhoneCode | None:
    """Why a number between these texts is not used; None when they are labels of a mobile, or of any phone."""
    label = f"{before} {after}"
    words = set(_WORD.findall(_compared(label)))
    if words & _OTHER_CHANNELS:
        return PhoneCode.WRONG_CHANNEL
    if any(sign in _WARNING_SIGNS for sign in label):
        return PhoneCode.WARNING_LABEL
    if not words:
        return None
    if warns(label):
        return PhoneCode.WARNING_LABEL
    return None if words <= _MOBILE | _NEUTRAL | _PLACE else PhoneCode.HAS_LETTERS


def flags(text: str) -> tuple[str, str]:
    """The region codes that flag emojis spell, such as `MX`, and the text without them."""
    letters = "".join(chr(ord(c) - _FIRST_FLAG_LETTER + ord("A")) for c in text if _is_flag_letter(c))
    return letters, "".join(c for c in text if not _is_flag_letter(c))


def _is_flag_letter(character: str) -> bool:
    return _FIRST_FLAG_LETTER <= ord(character) < _FIRST_FLAG_LETTER + 26

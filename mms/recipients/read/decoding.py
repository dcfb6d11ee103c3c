"""Bytes to text: byte-order marks, UTF-8, and what Excel writes when it does not write UTF-8."""

import codecs
import re
from itertools import islice

from mms.problems import FileCode
from mms.recipients.read.file_errors import file_error
from mms.recipients.repairs import Repair

# UTF-32's mark begins with UTF-16's, so it is asked first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WINDOWS_TEXT = "Windows text (cp1252)"
"""What the repair begins with where nothing says the encoding and cp1252 was assumed."""
_SHOWN = {
    "utf-16-le": "Unicode text (UTF-16)",
    "utf-16-be": "Unicode text (UTF-16)",
    "utf-32-le": "Unicode text (UTF-32)",
    "utf-32-be": "Unicode text (UTF-32)",
    "cp1252": WINDOWS_TEXT,
}
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1a\x1b\x00")
# More than these, and it is no text with a few stray bytes but another kind of file.
_STRAY = 3
_STRAY_SHARE = 0.02
_LOST = "\ufffd"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_BETWEEN_WORDS = re.compile(r"[\s,;|\"]")
_WORDS_TO_COMPARE = 500


def decoded(data: bytes) -> tuple[str, list[Repair]]:
    """The text, without its mark and NULs, and what had to be assumed.

    Raises:
        UploadError: `not_text` for bytes that are no text in any of these encodings.
    """
    encoding, body = _marked(data) or _guessed(data)
    text = body.decode(encoding, errors="replace")
    repairs: list[Repair] = []
    if encoding in _SHOWN:
        repairs.append(Repair("encoding", 1, _SHOWN[encoding] + _word_to_look_at(text, encoding)))
    if lost := text.count(_LOST) - body.count(_LOST.encode()):
        repairs.append(Repair("unreadable_characters", lost))
    return _without_nuls(text, repairs).removeprefix("\ufeff"), repairs


def _marked(data: bytes) -> tuple[str, bytes] | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    return None


def _guessed(data: bytes) -> tuple[str, bytes]:
    sample = data[:4096]
    if len(sample) >= 4 and sample.count(0) >= len(sample) // 3:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > 9 * min(even, odd):
            return ("utf-16-le" if odd > even else "utf-16-be"), data
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls > _STRAY and controls > len(data) * _STRAY_SHARE:
        raise file_error(FileCode.NOT_TEXT, kind="a binary file")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bit(data), data
    return "utf-8", data


def _eight_bit(data: bytes) -> str:
    """UTF-8 with a few broken bytes stays UTF-8: read as cp1252, every accent in it would turn into two letters."""
    as_utf8 = data.decode("utf-8", errors="replace")
    broken = as_utf8.count(_LOST)
    sound = sum(not character.isascii() for character in as_utf8) - broken
    return "utf-8" if sound > broken else "cp1252"


def _without_nuls(text: str, repairs: list[Repair]) -> str:
    nuls = text.count("\0")
    if not nuls:
        return text
    if nuls > _STRAY and nuls > len(text) * _STRAY_SHARE:
        raise file_error(FileCode.NOT_TEXT, kind="a binary file")
    repairs.append(Repair("nul_characters", nuls))
    return text.replace("\0", "")


def _word_to_look_at(text: str, encoding: str) -> str:
    """Of the first words that are not plain ASCII the one that would look strangest in a wrong encoding."""
    found = list(islice(_NOT_ASCII.finditer(text), _WORDS_TO_COMPARE)) if encoding == "cp1252" else []
    if not found:
        return ""
    strangest = max(found, key=lambda match: sum(map(str.isalpha, match[0])))
    before, after = text[max(0, strangest.start() - 15) : strangest.start()], text[strangest.start() :][:20]
    word = _BETWEEN_WORDS.split(before)[-1] + _BETWEEN_WORDS.split(after)[0]
    return f", for example “{word}”"

"""What to print on a poster: a link that opens the phone's messages with the word typed in, and its QR code."""

import io

from mms.join_words.words import JoinWord
from mms.picture_templates.codes import drawn_code

_PIXELS = 900


def sms_link(word: JoinWord) -> str:
    """Opens a message with the word; in this form iPhones and Android phones both read it."""
    return f"sms:{word.address}?&body={word.word.upper()}"


def qr_code(word: JoinWord) -> bytes:
    """A PNG of the code that cameras read; made here, nothing is asked of anybody."""
    code = drawn_code(f"SMSTO:{word.address}:{word.word.upper()}", "qr", (_PIXELS, _PIXELS))
    file = io.BytesIO()
    code.image.save(file, "PNG")
    return file.getvalue()

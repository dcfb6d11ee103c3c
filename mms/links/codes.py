"""The code of a person's links: nothing can be read from it, and none can be guessed."""

import re
import secrets

from mms.message.links import CODE_LENGTH

_CODE = re.compile(rf"([A-Za-z0-9]{{{CODE_LENGTH}}})([1-9])?")
_PLAIN = str.maketrans("-_", "xY")  # phones take neither for a part of a link when it is the last character


def new_code() -> str:
    """Of some 60 bits: a thousand guesses a second among a hundred million codes find one in three months."""
    return secrets.token_urlsafe(CODE_LENGTH)[:CODE_LENGTH].translate(_PLAIN)


def read_code(text: str) -> tuple[str, int] | None:
    """The person's code and which link of the text it is, from 0; None for what is no code."""
    found = _CODE.fullmatch(text)
    return (found[1], int(found[2] or 0)) if found else None

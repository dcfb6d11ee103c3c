"""Sentences that count: `[row|rows]` in them becomes the form that fits the number."""

import re

_FORMS = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


def counted(sentence: str, count: int) -> str:
    """The sentence with the singular forms for one, the plural forms otherwise."""
    return _FORMS.sub(lambda found: found[1] if count == 1 else found[2], sentence)

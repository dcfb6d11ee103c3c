"""Text from files and people inside a sentence: Streamlit reads labels and messages as Markdown."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$^=\"'&@/])")
# Addresses become links after the escapes are gone (GitHub's autolinks). Only a character between their parts, here one
# of no width, leaves them text.
_LINKED = re.compile(r"(?=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"


def plain(text: object) -> str:
    """`text` so that Markdown shows it as it is: no link, no picture, no formula, no emoji code."""
    apart = _LINKED.sub(_WORD_JOINER, " ".join(str(text).split()))
    return _SPECIAL.sub(r"\\\1", apart)


def shortened(text: str, length: int = 60) -> str:
    """At most `length` characters, with an ellipsis where something was left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"

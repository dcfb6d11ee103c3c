"""Text from files and people inside a sentence: Streamlit reads labels and messages as Markdown."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$^=\"'&@/])")


def plain(text: object) -> str:
    """`text` so that Markdown shows it as it is: no link, no picture, no formula, no emoji code."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def shortened(text: str, length: int = 60) -> str:
    """At most `length` characters, with an ellipsis where something was left out."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"

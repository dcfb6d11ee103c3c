"""A component of our own (Streamlit's components v2) over a plain text area, which does without it, too."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from mms.sms_segments import GSM_BASIC, GSM_EXTENDED, SEVERAL_GSM, SEVERAL_OTHER, SINGLE_GSM, SINGLE_OTHER

_HERE = Path(__file__).parent
_EMOJI = {
    "😀": "smile",
    "🎉": "party",
    "❤️": "heart",
    "👍": "thumb up",
    "🙏": "thanks",
    "⭐": "star",
    "🎁": "present",
    "☕": "coffee",
    "🌸": "blossom",
    "🔥": "fire",
    "📍": "place",
    "📅": "date",
    "⏰": "clock",
    "🛍️": "shopping",
    "💡": "idea",
    "✅": "check mark",
}

_component = st.components.v2.component(
    "writing_tools",
    html='<div class="tools"></div>',
    css=(_HERE / "tools.css").read_text(encoding="utf-8"),
    js=(_HERE / "tools.js").read_text(encoding="utf-8"),
)


def writing_tools(box: str, columns: Sequence[str], sentences: Sequence[tuple[str, str]]) -> None:
    """Tools for the text area in the container with the key `box`.

    `sentences` are a label and what it puts in; one that the text has already is not offered.
    """
    _component(
        key=f"writing_tools_{box}",
        data={
            "box": f".st-key-{box} textarea",
            "columns": list(columns),
            "sentences": [{"label": label, "text": text} for label, text in sentences],
            "emoji": [{"text": text, "name": name} for text, name in _EMOJI.items()],
            "sms": {
                "basic": "".join(sorted(GSM_BASIC)),
                "extended": "".join(sorted(GSM_EXTENDED)),
                "gsm": [SINGLE_GSM, SEVERAL_GSM],
                "other": [SINGLE_OTHER, SEVERAL_OTHER],
            },
        },
    )

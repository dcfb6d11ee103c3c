"""A message as the person's phone would show it: pictures first, then the text."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.components.reader import phone
from pages.components.safe import plain

NO_PREVIEW = "A file that cannot be shown here"  # a video, for example
_STYLE = Path(__file__).with_name("phone_screen.css")


def phone_screen(
    key: str,
    *,
    sender: str,
    body: str,
    pictures: Sequence[bytes | str],
    recipient: str = "",
    footnote: str = "",
) -> None:
    """Draw the phone. Text stands for a picture that there is not: it says why."""
    st.html(_STYLE)
    with st.container(border=True, key=f"phone_screen_{key}", width=340):
        st.caption(_envelope(sender, recipient))
        with st.container(key=f"phone_bubble_{key}"):
            for picture in pictures:
                if isinstance(picture, str):
                    st.caption(f":material/attach_file: {plain(picture)}")
                else:
                    st.image(picture, width="stretch", alt="The picture of this message")
            st.text(body or " ")
        if footnote:
            st.caption(footnote)


def _envelope(sender: str, recipient: str) -> str:
    came_from = "your messaging service" if sender.startswith("MG") else phone(sender)
    return plain(f"To {phone(recipient)}, from {came_from}" if recipient else f"From {came_from}")

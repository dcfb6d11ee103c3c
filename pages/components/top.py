"""Streamlit keeps the scroll position when a step or a page changes; a new leaf is read from its top."""

import streamlit as st

from pages.components.keys import TO_TOP

_SCRIPT = "<script>document.querySelector('[data-testid=\"stMain\"]')?.scrollTo(0, 0); // {turn}</script>"


def begin_at_top() -> None:
    """For callbacks that turn to another step or page."""
    st.session_state[TO_TOP] = True


def scroll_to_top(turn: int) -> None:
    """Obey `begin_at_top`. The script is our own constant; no element of Streamlit's can do this."""
    if st.session_state.pop(TO_TOP, False):
        st.html(_SCRIPT.format(turn=turn), unsafe_allow_javascript=True)

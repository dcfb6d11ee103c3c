"""The bar at the bottom of the window: the way back and the way on are always in view."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.components.drafting import go_to


@contextmanager
def step_bar(back: str | None = None) -> Iterator[None]:
    """Draw the way on within it; `back` is the step before, which has a button already."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="step_bar"):
        if back:
            st.button("Back", icon=":material/arrow_back:", key="step_back", on_click=go_to(back))
        yield

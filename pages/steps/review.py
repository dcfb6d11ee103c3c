"""Step 4: who gets what, when and for how much; then one button with the number in it."""

import streamlit as st

from mms.campaigns.drafts import Draft


def draw(current: Draft) -> None:
    """Review."""
    st.header("Review")
